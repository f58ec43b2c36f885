"""Patterns of the words before and behind a name that say whether it is a place."""

import re

BEFORE = 60
"""Characters before a name that are looked at."""

_SIDE = (
    r"(?:north|south|east|west|central|northern|southern|eastern|western"
    r"|north-?east|north-?west|south-?east|south-?west)(?:ern)?"
)

LOCATIVE = re.compile(
    r"\b(?:in|near|outside|at|around|across|inside|into|throughout|towards?|between|via"
    r"|leaving|entering|reached|visited)\s+"
    rf"(?:(?:the|{_SIDE}|downtown|nearby|rural|greater|[a-z]+-(?:held|controlled)|besieged|occupied"
    r"|capital|city|town|village|suburb|district|province|area|region|neighbou?rhood|port|island|of"
    r"|towns|cities|villages|provinces)\s+){0,4}$"
)
"""A preposition or verb before a place, with what may stand between ("in the rebel-held")."""

KIND_OF = re.compile(
    r"\b(?:city|town|village|suburb|district|province|governorate|region|port|capital"
    r"|neighbou?rhood|mayor|outskirts|people|residents|streets|north|south|east|west|cent(?:er|re))"
    r"\s+of\s+(?:the\s+)?$"
)
"""A noun of a place before its name ("the outskirts of")."""

LOOSE = re.compile(r"\b(?:from|to|of|and|or|for|on)\s+(?:the\s+)?$|,\s$")
"""Words before a name that may be a place."""

ON = re.compile(r"\b(?:in|at|on|near|along|across|outside|off|of)\s+(?:the\s+)?$")
"""A preposition of place, behind which a name with a word like "Forest" is no person's."""

FIRST = re.compile(r"(?:^|[.!?:]['\"”’)]?\s+|\n\s*|[“\"]\s*)$")
"""The end of the sentence before, so that the capital of the name says nothing."""

HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Lord|Gen|Lt|Col|Maj|Capt|Sgt|Rep|Sen|President|Minister"
    r"|Chancellor|King|Queen|Prince|Princess|General|Colonel|Captain|Sheikh|Senator|Secretary|Judge"
    r"|Justice|Pope|Officer|Detective|Coach)\.?\s+$"
)
"""A title before a person's name."""

STATION = re.compile(r"\b[Rr]adio\s+$")
"""The word before the name of a broadcaster."""

BODY = re.compile(
    r"\s(?:Police|Department|Universit(?:y|ies)|College|School|State|Supreme|Superior|Crown|Circuit"
    r"|Court|Council|Army|Force|Forces|Government|City|County|Board|Bank|Hospital|Medical|Health"
    r"|Authority|Office|Sheriff['’]s|Fire|Airport|Daily|Times|Post|News|Herald|Tribune|International"
    r"|Regional|National|District|Museum|Church|Parliament|Assembly|Chamber|Area|Community|Public)\b"
)
"""Words behind a place that make a body of it ("Meris Police")."""

SIDE_OF = re.compile(
    rf"^(?:(?i:{_SIDE}|far|upper|lower|greater|metro|downtown)\s+"
    r"|(?:City|State|Province|County) of\s+)+"
    r"|\s+(?:[a-z]\w+|North|South|East|West|City)$"
)
"""Words for a side or kind at either end of a name ("North Texas")."""

NOT_PLACES = re.compile(
    r"\b(?:Court|Office|Department|Police|Patrol|Sheriff|Inc|Club|Council|Committee|Ceremony"
    r"|Recession|Fire|School|Games|Competition|Ministry|Agency|Party|Marshal|Day)\b"
    r"|^(?:Mr|Mrs|Ms|Miss|Dr|Sen|Rep)\b\.?|\d"
)
"""Words in a name that is none of a place."""

CALLED_AFTER = re.compile(
    r"(?:Hospital|Church|Highway|Museum|Cathedral|Cemetery|Stadium|Prison|School District)$"
)
"""Buildings and bodies of which a town's name is only the first word: the town is the place."""
