"""Keys of webhooks, made by a command."""

from click.testing import CliRunner

from services.commands.webhook_keys import keys
from services.notifier.signing import read_keys


def made(*options):
    return CliRunner().invoke(keys, options).output.splitlines()


def test_each_call_makes_another_key_that_signs():
    (one,), (two,) = made(), made()
    assert one != two
    assert len(read_keys([one, two], "keys").signers) == 2


def test_a_pair_has_a_private_half_for_us_and_a_public_one_for_the_receiver():
    private, told = made("--asymmetric")
    assert len(read_keys([private], "keys").signers) == 1
    assert told.startswith("the receiver gets whpk_")
