"""Access rules of a Kafka cluster (ACLs), made from the table of rights."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

import confluent_kafka as ck
from confluent_kafka import admin as ck_admin

from services.adapters.kafka_login import Servers, refusal
from services.errors import ConfigError, RefusedError
from services.messages.rights import PARTS, Act, Kind, Right

ASK_SECONDS = 30.0
"""Seconds that one request may take: it has some hundred rules."""

_KINDS: Mapping[Kind, ck_admin.ResourceType] = {
    "topic": ck_admin.ResourceType.TOPIC,
    "group": ck_admin.ResourceType.GROUP,
    "transactional-id": ck_admin.ResourceType.TRANSACTIONAL_ID,
}
_ACTS: Mapping[Act, ck_admin.AclOperation] = {
    "read": ck_admin.AclOperation.READ,
    "write": ck_admin.AclOperation.WRITE,
    "describe": ck_admin.AclOperation.DESCRIBE,
}


def apply_rights(servers: Servers, wanted: Iterable[Right]) -> tuple[int, int]:
    """Give our users these rights, and take all others from them.

    Return how many were given and taken. Rules of other users stay as they are. Raises ConfigError
    for a cluster that keeps no rules, RefusedError, and TransientError.
    """
    admin = ck_admin.AdminClient(servers.config())
    rules = {_rule(right) for right in wanted}
    known: set[ck_admin.AclBinding] = set()
    for user in PARTS:
        known |= set(_result(servers, admin.describe_acls(_all_of(user))))
    new, old = rules - known, known - rules
    if new:
        for made in admin.create_acls([*new], request_timeout=ASK_SECONDS).values():
            _result(servers, made)
    if old:
        filters = [_filter(rule) for rule in old]
        for removed in admin.delete_acls(filters, request_timeout=ASK_SECONDS).values():
            _result(servers, removed)
    return len(new), len(old)


def _rule(right: Right) -> ck_admin.AclBinding:
    pattern = ck_admin.ResourcePatternType
    return ck_admin.AclBinding(
        _KINDS[right.kind],
        right.name,
        pattern.PREFIXED if right.is_prefix else pattern.LITERAL,
        f"User:{right.user}",
        "*",
        _ACTS[right.act],
        ck_admin.AclPermissionType.ALLOW,
    )


def _all_of(user: str) -> ck_admin.AclBindingFilter:
    return ck_admin.AclBindingFilter(
        ck_admin.ResourceType.ANY,
        None,
        ck_admin.ResourcePatternType.ANY,
        f"User:{user}",
        None,
        ck_admin.AclOperation.ANY,
        ck_admin.AclPermissionType.ANY,
    )


def _filter(rule: ck_admin.AclBinding) -> ck_admin.AclBindingFilter:
    return ck_admin.AclBindingFilter(
        rule.restype,
        rule.name,
        rule.resource_pattern_type,
        rule.principal,
        rule.host,
        rule.operation,
        rule.permission_type,
    )


def _result(servers: Servers, asked: "Future[Any]") -> Any:
    """Return what was asked for. Raises the error in our words."""
    try:
        return asked.result()
    except ck.KafkaException as error:
        cause = error.args[0]
        if cause.code() == ck.KafkaError.SECURITY_DISABLED:
            raise ConfigError(
                f"Kafka at {servers.bootstrap} keeps no access rules: set its authorizer.class.name"
            ) from error
        if line := refusal(cause, servers.login.user):
            raise RefusedError(line) from error
        raise servers.silent(cause) from error
