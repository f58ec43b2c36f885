"""A group of commands that suggests similar names for a mistyped one."""

import click

from services.text.choices import did_you_mean


class Group(click.Group):
    """A `click.Group` with suggestions. click suggests options and choices, but no commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        is_known = name.startswith("-") or self.get_command(ctx, name) is not None
        if not is_known and (meant := did_you_mean(name, self.list_commands(ctx))):
            ctx.fail(f"No such command {name!r}: {meant}")
        return super().resolve_command(ctx, args)
