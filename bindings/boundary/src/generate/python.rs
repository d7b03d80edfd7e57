//! Python: frozen classes with what they say of themselves, and both engines' calls.

use super::{Written, given, is_texts, items};
use crate::schema::{Boundary, Call, Field, Structure, Table, Texts, Ty};
use std::fmt::Write as _;

const HEAD: &str = "# Written by `cargo xtask gen` from bindings/boundary; edit it there.\n";

/// Every file.
pub fn files(boundary: &Boundary) -> Vec<Written> {
    vec![
        Written { path: "bindings/python/python/sutler/_types.py", text: types(boundary) },
        Written { path: "bindings/python/python/sutler/_errors.py", text: errors(boundary) },
        Written { path: "bindings/python/python/sutler/_calls.py", text: calls(boundary) },
        Written { path: "bindings/python/python/sutler/_tables.py", text: tables(boundary) },
    ]
}

fn quoted(doc: &str, indent: &str) -> String {
    let lines: Vec<&str> = doc.lines().collect();
    let body = lines.join(&format!("\n{indent}")).replace(&format!("\n{indent}\n"), "\n\n");
    if lines.len() > 1 {
        format!("{indent}\"\"\"{body}\n{indent}\"\"\"\n")
    } else {
        format!("{indent}\"\"\"{body}\"\"\"\n")
    }
}

fn annotation(ty: &Ty) -> String {
    match ty {
        Ty::Text | Ty::Secret => "str".into(),
        Ty::Whole | Ty::Count => "int".into(),
        Ty::Real => "float".into(),
        Ty::Truth => "bool".into(),
        Ty::Exact => "Decimal".into(),
        Ty::Instant => "datetime".into(),
        Ty::Span => "timedelta".into(),
        Ty::Bytes => "bytes".into(),
        Ty::Json => "Any".into(),
        Ty::Named(name) => (*name).into(),
        Ty::List(of) => format!("tuple[{}, ...]", annotation(of)),
        Ty::Map(of) => format!("Mapping[str, {}]", annotation(of)),
        Ty::Maybe(of) => format!("{} | None", annotation(of)),
    }
}

/// What an argument may be: wider than what is given.
fn accepted(boundary: &Boundary, ty: &Ty) -> String {
    match ty {
        Ty::Named(name) if is_texts(boundary, name) => format!("{name} | str"),
        Ty::List(of) => format!("Iterable[{}]", accepted(boundary, of)),
        Ty::Maybe(of) => format!("{} | None", accepted(boundary, of)),
        Ty::Exact => "Decimal | int | str".into(),
        other => annotation(other),
    }
}

/// From JSON.
fn read(boundary: &Boundary, ty: &Ty, from: &str) -> String {
    match ty {
        Ty::Text | Ty::Secret | Ty::Whole | Ty::Count | Ty::Real | Ty::Truth | Ty::Json => from.into(),
        Ty::Exact => format!("Decimal({from})"),
        Ty::Instant => format!("_base.instant_of({from})"),
        Ty::Span => format!("_base.span_of({from})"),
        Ty::Bytes => format!("_base.bytes_of({from})"),
        Ty::Named(name) if is_texts(boundary, name) => format!("{name}({from})"),
        Ty::Named(name) => format!("{name}._read({from})"),
        Ty::List(of) => match &**of {
            Ty::Text | Ty::Whole | Ty::Count => format!("tuple({from})"),
            of => format!("tuple([{} for one in {from}])", read(boundary, of, "one")),
        },
        Ty::Map(of) => match &**of {
            Ty::Text | Ty::Whole | Ty::Count => from.into(),
            of => format!("{{name: {} for name, one in {from}.items()}}", read(boundary, of, "one")),
        },
        Ty::Maybe(of) => match &**of {
            Ty::Text | Ty::Whole | Ty::Count | Ty::Real | Ty::Truth | Ty::Json => from.into(),
            of => format!("None if {from} is None else {}", read(boundary, of, from)),
        },
    }
}

/// Checks an argument and makes JSON of it.
fn checked(boundary: &Boundary, ty: &Ty, name: &str, value: &str) -> String {
    match ty {
        Ty::Text => format!("_base.text({name}, {value})"),
        Ty::Secret => format!("_base.secret({name}, {value})"),
        Ty::Whole => format!("_base.whole({name}, {value})"),
        Ty::Count => format!("_base.count({name}, {value})"),
        Ty::Real => format!("_base.real({name}, {value})"),
        Ty::Truth => format!("_base.truth({name}, {value})"),
        Ty::Exact => format!("_base.exact({name}, {value})"),
        Ty::Instant => format!("_base.instant({name}, {value})"),
        Ty::Span => format!("_base.span({name}, {value})"),
        Ty::Bytes => format!("_base.octets({name}, {value})"),
        Ty::Json | Ty::Map(_) => value.into(),
        Ty::Named(texts) if is_texts(boundary, texts) => format!("_base.text({name}, {value})"),
        Ty::Named(of) => format!("_base.record({name}, {value}, {of})"),
        Ty::List(of) => {
            let one = checked(boundary, of, name, "one");
            format!("[{one} for one in _base.many({name}, {value})]")
        }
        Ty::Maybe(of) => format!("None if {value} is None else {}", checked(boundary, of, name, value)),
    }
}

fn plain(boundary: &Boundary, ty: &Ty, value: &str) -> String {
    match ty {
        Ty::Named(name) if !is_texts(boundary, name) => format!("{value}.to_dict()"),
        Ty::List(of) => match &**of {
            Ty::Named(name) if !is_texts(boundary, name) => format!("[one.to_dict() for one in {value}]"),
            _ => format!("list({value})"),
        },
        Ty::Map(_) => format!("dict({value})"),
        Ty::Maybe(of) => match &**of {
            Ty::Named(name) if !is_texts(boundary, name) => {
                format!("None if {value} is None else {value}.to_dict()")
            }
            Ty::List(_) => format!("None if {value} is None else {}", plain(boundary, of, value)),
            _ => value.into(),
        },
        _ => value.into(),
    }
}

fn types(boundary: &Boundary) -> String {
    let mut out = format!(
        "{HEAD}\"\"\"What the engine gives and takes: frozen values that compare by their contents.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Mapping\n\
         from dataclasses import dataclass, field\n\
         from datetime import datetime, timedelta\n\
         from decimal import Decimal\n\
         from typing import Any, ClassVar\n\n\
         from . import _base\n"
    );
    for texts in &boundary.texts {
        text_class(&mut out, texts);
    }
    let given = given(boundary);
    for structure in &boundary.structures {
        class(&mut out, boundary, structure, given.contains(structure.name));
    }
    let mut names: Vec<&str> = boundary.texts.iter().map(|texts| texts.name).collect();
    names.extend(boundary.structures.iter().map(|structure| structure.name));
    names.sort_unstable();
    let _ = write!(out, "\n\n__all__ = [\n");
    for name in names {
        let _ = writeln!(out, "    \"{name}\",");
    }
    out.push_str("]\n");
    out
}

fn text_class(out: &mut String, texts: &Texts) {
    let _ = write!(out, "\n\nclass {}(str):\n", texts.name);
    let doc =
        format!("{}\n\nA text this version does not know is kept as it is; `is_known` tells.", texts.doc);
    out.push_str(&quoted(&doc, "    "));
    let _ = write!(out, "\n    __slots__ = ()\n\n");
    for (text, meaning) in &texts.known {
        let _ =
            writeln!(out, "    {}: ClassVar[{}]\n    \"\"\"{meaning}\"\"\"", text.to_uppercase(), texts.name);
    }
    let known: Vec<String> = texts.known.iter().map(|(text, _)| format!("\"{text}\"")).collect();
    let _ = write!(
        out,
        "\n    @property\n    def is_known(self) -> bool:\n        \"\"\"Does this version know it?\"\"\"\n        \
         return str(self) in {{{}}}\n\n    \
         def __repr__(self) -> str:\n        return f\"{}({{str(self)!r}})\"\n\n\n",
        known.join(", "),
        texts.name
    );
    for (text, _) in &texts.known {
        let _ = writeln!(out, "{0}.{1} = {0}(\"{text}\")", texts.name, text.to_uppercase());
    }
}

fn class(out: &mut String, boundary: &Boundary, structure: &Structure, given: bool) {
    let name = structure.name;
    let _ = write!(out, "\n\n@dataclass(frozen=True, slots=True)\nclass {name}:\n");
    out.push_str(&quoted(&structure.doc, "    "));
    out.push('\n');
    for field in &structure.fields {
        let default = match &field.ty {
            Ty::Secret => " = field(repr=False)",
            Ty::Maybe(of) if **of == Ty::Secret => " = field(default=None, repr=False)",
            Ty::Maybe(_) if given => " = None",
            _ => "",
        };
        let _ = writeln!(out, "    {}: {}{default}", field.name, annotation(&field.ty));
        out.push_str(&quoted(&field.doc, "    "));
    }
    if given {
        out.push_str("\n    def __post_init__(self) -> None:\n        self._write()\n");
        out.push_str("\n    def _write(self) -> dict[str, Any]:\n        return {\n");
        for field in &structure.fields {
            let label = format!("\"{}.{}\"", name, field.name);
            let value = checked(boundary, &field.ty, &label, &format!("self.{}", field.name));
            let _ = writeln!(out, "            \"{}\": {value},", field.name);
        }
        out.push_str("        }\n");
    }
    let _ = write!(
        out,
        "\n    @staticmethod\n    def _read(raw: dict[str, Any]) -> {name}:\n        return {name}(\n"
    );
    for field in &structure.fields {
        let value = read(boundary, &field.ty, &format!("raw[\"{}\"]", field.name));
        let _ = writeln!(out, "            {value},");
    }
    out.push_str("        )\n\n    def to_dict(self) -> dict[str, Any]:\n        \"\"\"The same as plain values; amounts stay `Decimal`, instants `datetime`.\"\"\"\n        return {\n");
    for field in &structure.fields {
        let value = plain(boundary, &field.ty, &format!("self.{}", field.name));
        let _ = writeln!(out, "            \"{}\": {value},", field.name);
    }
    out.push_str("        }\n");
}

fn errors(boundary: &Boundary) -> String {
    let mut out = format!(
        "{HEAD}\"\"\"Errors: one class for each kind. The kind says who must act.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import builtins\n\
         from datetime import timedelta\n\
         from typing import Any, ClassVar\n\n\n\
         class SutlerError(Exception):\n    \
         \"\"\"What every error of sutler is.\n\n    \
         `op` is where it was met (`walmart.orders.ship`), `retry_after` how long to wait where the other side said so, and\n    \
         `applied` whether the other side acted: `no`, `yes` or `unknown`.\n    \"\"\"\n\n    \
         kind: ClassVar[str] = \"unknown\"\n\n    \
         def __init__(\n        self,\n        message: str,\n        *,\n        op: str = \"\",\n        \
         retry_after: timedelta | None = None,\n        applied: str = \"unknown\",\n    ) -> None:\n        \
         super().__init__(message)\n        \
         if not isinstance(message, str):\n            \
         raise TypeError(f\"message is {{type(message).__name__}}; a str is right\")\n        \
         if retry_after is not None and not isinstance(retry_after, timedelta):\n            \
         raise TypeError(f\"retry_after is {{type(retry_after).__name__}}; a timedelta is right\")\n        \
         if applied not in (\"no\", \"yes\", \"unknown\"):\n            \
         raise ValueError(f\"applied is {{applied!r}}; \\\"no\\\", \\\"yes\\\" or \\\"unknown\\\" is right\")\n        \
         self.message = message\n        self.op = op\n        \
         self.retry_after = retry_after\n        self.applied = applied\n"
    );
    let Some(kinds) = boundary.texts.iter().find(|texts| texts.name == "ErrorKind") else { return out };
    for (kind, meaning) in &kinds.known {
        let base = match *kind {
            "invalid" | "config" => "SutlerError, ValueError",
            "not_found" => "SutlerError, LookupError",
            "timeout" => "SutlerError, builtins.TimeoutError",
            "network" => "SutlerError, builtins.ConnectionError",
            _ => "SutlerError",
        };
        let _ = write!(
            out,
            "\n\nclass {}({base}):\n    \"\"\"{meaning}\"\"\"\n\n    kind: ClassVar[str] = \"{kind}\"\n",
            error_class(kind)
        );
    }
    out.push_str("\n\n_CLASSES: dict[str, type[SutlerError]] = {\n");
    for (kind, _) in &kinds.known {
        let _ = writeln!(out, "    \"{kind}\": {},", error_class(kind));
    }
    out.push_str(
        "}\n\n\ndef error_of(failure: dict[str, Any]) -> SutlerError:\n    \
         \"\"\"The exception of an error as it crosses.\"\"\"\n    \
         wait = failure.get(\"retry_after_ms\")\n    \
         return _CLASSES.get(failure[\"kind\"], SutlerError)(\n        \
         failure[\"message\"],\n        op=failure[\"op\"],\n        \
         retry_after=None if wait is None else timedelta(milliseconds=wait),\n        \
         applied=failure[\"applied\"],\n    )\n\n\n",
    );
    out.push_str("__all__ = [\n    \"SutlerError\",\n    \"error_of\",\n");
    for (kind, _) in &kinds.known {
        let _ = writeln!(out, "    \"{}\",", error_class(kind));
    }
    out.push_str("]\n");
    out
}

fn error_class(kind: &str) -> String {
    let mut name = String::new();
    for word in kind.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    format!("{name}Error")
}

fn calls(boundary: &Boundary) -> String {
    let names: Vec<&str> = {
        let mut all: Vec<&str> = boundary
            .calls
            .iter()
            .flat_map(|call| call.arguments.iter().map(|a| &a.ty).chain(call.gives.iter()))
            .filter_map(super::named)
            .collect();
        all.extend(
            boundary
                .calls
                .iter()
                .filter(|call| call.pages)
                .filter_map(|call| items(boundary, call.gives.as_ref()?).map(|(_, item)| item)),
        );
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut out = format!(
        "{HEAD}\"\"\"The calls of both engines.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import AsyncIterator, Iterable, Iterator\n\
         from datetime import datetime, timedelta\n\
         from typing import Any\n\n\
         from . import _base\n\
         from ._types import (\n{}\n)\n",
        names.iter().map(|name| format!("    {name},")).collect::<Vec<_>>().join("\n")
    );
    for is_async in [false, true] {
        let (class, how) = if is_async {
            ("AsyncCalls", "Every call is awaited; pages are read as they are needed.")
        } else {
            ("Calls", "Every call waits for its answer; other threads run meanwhile.")
        };
        let _ = write!(
            out,
            "\n\nclass {class}(_base.{}):\n    \"\"\"{how}\"\"\"\n",
            if is_async { "AsyncBase" } else { "Base" }
        );
        for call in &boundary.calls {
            method(&mut out, boundary, call, is_async);
        }
    }
    out
}

fn tables(boundary: &Boundary) -> String {
    let mut out = format!(
        "{HEAD}\"\"\"The tables of both engines.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from datetime import datetime\n\
         from typing import Any\n\n\
         from . import _base\n\
         from ._native import Table\n\
         from ._types import Phase\n"
    );
    for (class, base, is_async) in [("Tables", "Base", false), ("AsyncTables", "AsyncBase", true)] {
        let _ = write!(
            out,
            "\n\nclass {class}(_base.{base}):\n    \"\"\"Orders as Arrow, without a Python object each.\"\"\"\n"
        );
        for one in &boundary.tables {
            table(&mut out, boundary, one, is_async);
        }
    }
    out
}

/// A table: its arguments are all optional, and it tells how far it is.
fn table(out: &mut String, boundary: &Boundary, table: &Table, is_async: bool) {
    let define = if is_async { "async def" } else { "def" };
    let _ = write!(out, "\n    {define} {}(\n        self,\n        *,\n", table.name);
    for argument in &table.arguments {
        let _ = writeln!(out, "        {}: {} = None,", argument.name, accepted(boundary, &argument.ty));
    }
    out.push_str("        progress: _base.Progress | None = None,\n    ) -> Table:\n");
    let mut doc = format!(
        "{}\n\n`polars.DataFrame(table)` and `pyarrow.table(table)` read it, and by the latter pandas and DuckDB.\n\nColumns:",
        table.doc
    );
    for column in &table.columns {
        let _ = write!(doc, "\n    `{}`: {}", column.name, column.doc);
    }
    doc.push_str("\n\nArgs:");
    for argument in &table.arguments {
        let _ = write!(doc, "\n    {}: {}", argument.name, argument.doc);
    }
    doc.push_str("\n    progress: Told now and then how many more orders were read: `tqdm.tqdm().update`.");
    out.push_str(&quoted(&doc, "        "));
    out.push_str("        given: dict[str, Any] = {\n");
    for argument in &table.arguments {
        let value = checked(boundary, &argument.ty, &format!("\"{}\"", argument.name), argument.name);
        let _ = writeln!(out, "            \"{}\": {value},", argument.name);
    }
    let wait = if is_async { "await " } else { "" };
    let _ =
        write!(out, "        }}\n        return {wait}self._table(\"{}\", given, progress)\n", table.name);
}

fn method(out: &mut String, boundary: &Boundary, call: &Call, is_async: bool) {
    let (required, optional): (Vec<&Field>, Vec<&Field>) =
        call.arguments.iter().partition(|argument| !matches!(argument.ty, Ty::Maybe(_)));
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(required.iter().map(|a| format!("{}: {}", a.name, accepted(boundary, &a.ty))));
    if !optional.is_empty() {
        parameters.push("*".into());
        parameters
            .extend(optional.iter().map(|a| format!("{}: {} = None", a.name, accepted(boundary, &a.ty))));
    }
    let doc = documented(call);
    let gives = call.gives.as_ref().map_or("None".to_owned(), annotation);
    let arguments = |out: &mut String| {
        out.push_str("        given: dict[str, Any] = {\n");
        for argument in &call.arguments {
            let value = checked(boundary, &argument.ty, &format!("\"{}\"", argument.name), argument.name);
            let _ = writeln!(out, "            \"{}\": {value},", argument.name);
        }
        out.push_str("        }\n");
    };
    let (define, wait) = if is_async { ("async def", "await ") } else { ("def", "") };
    if let (true, Some((field, item))) =
        (call.pages, call.gives.as_ref().and_then(|page| items(boundary, page)))
    {
        let iterator = if is_async { "AsyncIterator" } else { "Iterator" };
        let _ = write!(
            out,
            "\n    def {}(\n        {},\n    ) -> {iterator}[{item}]:\n",
            call.name,
            parameters.join(",\n        ")
        );
        out.push_str(&quoted(&format!("{doc}\n\nThe next page is read when it is needed."), "        "));
        arguments(out);
        let _ =
            writeln!(out, "        return self._each(\"{}\", given, \"{field}\", {item}._read)", call.name);
        let _ = write!(
            out,
            "\n    {define} {}_page(\n        {},\n    ) -> {gives}:\n",
            call.name,
            parameters.join(",\n        ")
        );
    } else {
        let _ = write!(
            out,
            "\n    {define} {}(\n        {},\n    ) -> {gives}:\n",
            call.name,
            parameters.join(",\n        ")
        );
    }
    out.push_str(&quoted(&doc, "        "));
    arguments(out);
    let asked = format!("{wait}self._call(\"{}\", given)", call.name);
    match &call.gives {
        None => {
            let _ = writeln!(out, "        {asked}");
        }
        Some(ty) if read(boundary, ty, "raw") == "raw" => {
            let _ = writeln!(out, "        value: {gives} = {asked}\n        return value");
        }
        Some(ty) => {
            let _ = writeln!(out, "        raw = {asked}\n        return {}", read(boundary, ty, "raw"));
        }
    }
}

/// The documentation of a call with its arguments.
fn documented(call: &Call) -> String {
    let mut doc = call.doc.clone();
    if !call.arguments.is_empty() {
        doc.push_str("\n\nArgs:");
        for argument in &call.arguments {
            let _ = write!(doc, "\n    {}: {}", argument.name, argument.doc.replace('\n', "\n        "));
        }
    }
    doc
}
