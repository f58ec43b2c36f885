"""The page of the API, generated from its OpenAPI description.

It has no script and no foreign content.
"""

from collections.abc import Iterator
from html import escape

from services.ports import JsonObject

STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
body { padding: 0 1rem; color: #1b1b1b; }
h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
code { font: .95em ui-monospace, monospace; background: #f3f3f3; padding: .1em .3em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
h1, h2, p { overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }
th, td { border-bottom: 1px solid #e5e5e5; }
"""

_BOUNDS = ("minimum", "maximum", "exclusiveMaximum", "maxLength")


def page(description: JsonObject) -> str:
    """Return the HTML page of an OpenAPI description."""
    info = description["info"]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(info['title'])}</title>",
        '<link rel="stylesheet" href="/style.css"></head><body><main>',
        f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
        f"<p>{escape(info.get('description', ''))}</p>",
        '<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>',
    ]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            parts += _operation(method, path, operation)
    return "".join([*parts, "</main></body></html>"])


def _operation(method: str, path: str, operation: JsonObject) -> Iterator[str]:
    yield f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
    about = operation.get("description") or operation.get("summary", "")
    yield f"<p>{escape(about)}</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "<table><tr><th>parameter</th><th>meaning</th><th>allowed</th></tr>"
        for parameter in parameters:
            yield (
                f"<tr><td><code>{escape(parameter['name'])}</code></td>"
                f"<td>{escape(parameter.get('description', ''))}</td>"
                f"<td>{_allowed(parameter['schema'])}</td></tr>"
            )
        yield "</table>"


def _allowed(schema: JsonObject) -> str:
    """Return the allowed values of a parameter, as HTML."""
    values = schema.get("enum", ())
    if values:
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in values)
    kinds = [schema, *schema.get("anyOf", ())]
    bounds: JsonObject = {}
    for kind in kinds:
        bounds |= {name: kind[name] for name in _BOUNDS if name in kind}
    sentences = [
        f"from {bounds['minimum']}" if "minimum" in bounds else "",
        f"to {bounds['maximum']}" if "maximum" in bounds else "",
        f"below {bounds['exclusiveMaximum']}" if "exclusiveMaximum" in bounds else "",
        f"up to {bounds['maxLength']} characters" if "maxLength" in bounds else "",
        f"default {schema['default']}" if schema.get("default") is not None else "",
    ]
    return escape(", ".join(filter(None, sentences)))
