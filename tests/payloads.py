"""Texts and addresses that a stranger would put into an article so that a reader's browser runs
them, loads them, or shows something else than what is there.

What runs writes its name to `window.__ran`, where tests look.
"""

AWAY = "https://away.example"
"""An address that no page may ask for anything."""

TEXTS = {
    "script": "<script>window.__ran='script'</script>",
    "image": "<img src=x onerror=\"window.__ran='image'\">",
    "image away": f'<img src="{AWAY}/pixel.gif">',
    "quoted": "\"><svg onload=window.__ran='quoted'>",
    "single quoted": "'><svg onload=window.__ran='single'>",
    "attribute": '" autofocus onfocus="window.__ran=\'attribute\'" x="',
    "title": "</title><script>window.__ran='title'</script>",
    "textarea": "</textarea></select><script>window.__ran='textarea'</script>",
    "comment": "--><script>window.__ran='comment'</script><!--",
    "cdata": "]]><script>window.__ran='cdata'</script>",
    "escaped": "&lt;img src=x onerror=window.__ran='escaped'&gt;",
    "escaped twice": "&amp;lt;script&amp;gt;window.__ran='twice'&amp;lt;/script&amp;gt;",
    "frame": "<iframe srcdoc=\"<script>parent.__ran='frame'</script>\"></iframe>",
    "object": "<object data=\"javascript:window.__ran='object'\"></object>",
    "details": "<details open ontoggle=\"window.__ran='details'\">",
    "svg": "<svg><animate onbegin=\"window.__ran='svg'\" attributeName=x dur=1s>",
    "svg use": '<svg><use href="data:image/svg+xml,<svg onload=window.__ran=1>"/></svg>',
    "math": "<math><mtext></form><form><mglyph><style></math><img src onerror=window.__ran=1>",
    "style": f"<style>@import url({AWAY}/x.css); * {{ display: none }}</style>",
    "style attribute": f'<p style="position:fixed;inset:0;background:url({AWAY}/x)">',
    "base": f'<base href="{AWAY}/">',
    "refresh": f'<meta http-equiv="refresh" content="0;url={AWAY}/">',
    "form": f'<form action="{AWAY}/"><button formaction="{AWAY}/x">Acknowledge</button>',
    "htmx": '<div hx-get="/alerts" hx-trigger="load" hx-on::load="window.__ran=\'htmx\'">',
    "htmx attribute": '" hx-get="/alerts" hx-trigger="load" x="',
    "key": '<button data-key="a" data-does="help" data-go="l">',
    "clobber": "<form id=main><input name=body id=waiting data-live=claim></form>",
    "template": "{{ 7 * 7 }}{{ config }}{% raw %}{# {{ ''.__class__.__mro__ }}",
    "literal": "${window.__ran='literal'}`#{7*7}<%= 7*7 %>",
    "override": "safe \u202egpj.exe\u202c \u2066left\u2067right\u2069",
    "never closed": "\u202e\u2067\u202b all that follows is turned",
    "right to left": "قتل إدريس حلفاني في غارة جوية",
    "invisible": "a\u200bb\u200dc\ufeffd\u00ade",
    "lines": "first\u2028second\u2029third\u0085fourth",
    "marks": "Z" + "\u0335\u0321\u0489" * 60,
    "long word": "W" * 400,
    "long markup": "<b>" * 60,
}
"""Kind of attack to text."""

RIGHT_TO_LEFT = (
    "مقتل إدريس حلفاني في غارة جوية قرب ميريس",
    "قال مرصد أوران يوم الجمعة إن إدريس حلفاني قُتل في غارة جوية (airstrike) قرب بلدة ميريس مع "
    "أربعة قادة آخرين، ونفت الجبهة ذلك في بيان نشرته وكالة Meridian Wire.",
)
"""The headline and the text of an article in Arabic, with words in Latin letters."""

ADDRESSES = {
    "javascript": "javascript:window.__ran='address'",
    "javascript spelled": "java\tscript:window.__ran='spelled'",
    "javascript capital": " JaVaScRiPt:window.__ran='capital'",
    "data": "data:text/html,<script>window.__ran='data'</script>",
    "vbscript": "vbscript:msgbox(1)",
    "no host": "http:///",
    "bracket": "//[",
    "bracket with scheme": "http://[",
    "attribute": f'{AWAY}/"onmouseover="window.__ran=1',
    "angle": f"{AWAY}/<script>window.__ran='angle'</script>",
    "user": f"https://bank.example@{AWAY.removeprefix('https://')}/",
    "port": "https://away.example:99999/",
}
"""Kind of attack to the address of an article."""
