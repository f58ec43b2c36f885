"""Names of dictionaries inside the name of a person who is somebody else."""

from services.messages import Mention
from services.tagger.names.full_names import full_name
from services.tagger.names.mentions import Mentions


def without_body(mentions: Mentions, start: int, end: int) -> int:
    """Return where a person's name starts behind whose it is ("Hamas Adar Tuomi", "Syrian")."""
    kinds = ("group", "organisation", "nationality")
    bodies = (m for m in mentions.starting(start) if m.type in kinds)
    behind = max((m.end + 1 for m in bodies), default=start)
    return behind if behind < end else start


def clear_namesakes(mentions: Mentions, start: int, end: int, *, is_sure: bool) -> None:
    """Forget what is only a part of a person's name.

    "Michael Jordan" is no state, and "Ivana Trump" is not the Trump of the dictionary. Where only
    the recogniser says that a name is a person's, no more than one state gives way.
    """
    inside = [m for m in mentions.inside(start, end) if (m.start, m.end) != (start, end)]
    for known in inside:
        if known.type == "person":
            gives_way = _is_another(mentions, known, start, end)
        elif " " in known.surface:
            gives_way = False
        else:
            gives_way = is_sure or (len(inside) == 1 and known.type == "state")
        if gives_way:
            mentions.drop(known)


def _is_another(mentions: Mentions, known: Mention, start: int, end: int) -> bool:
    """Return whether a name is of another person than one who is known by a part of it.

    The given names begin with other letters ("Joseph" may be Joe), or they are the same and the
    generation is not ("Adar Tuomi Jr.").
    """
    actor = mentions.actors.get(known.actor_id)
    name, own = full_name(mentions.text[start:end]), full_name(actor.name if actor else "")
    if not (own.is_full and name.is_full) or name.sounds[-1] != own.sounds[-1]:
        return False
    if full_name(known.surface).is_full or name.sounds[0] == own.sounds[0]:
        return bool(name.generation) and name.generation != own.generation
    return known.start > start and name.words[0][0] != own.words[0][0]
