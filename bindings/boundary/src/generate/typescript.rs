//! JavaScript and TypeScript: plain frozen objects, checks of arguments, and the declarations of both.

use super::{Written, given, is_texts, items};
use crate::schema::{Boundary, Call, Field, Structure, Ty};
use std::fmt::Write as _;

const HEAD: &str = "// Written by `cargo xtask gen` from bindings/boundary; edit it there.\n";

/// Every file.
pub fn files(boundary: &Boundary) -> Vec<Written> {
    vec![
        Written { path: "bindings/node/generated.js", text: script(boundary) },
        Written { path: "bindings/node/generated.d.ts", text: declarations(boundary) },
    ]
}

/// `placed_at` as `placedAt`.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn field_name(field: &Field) -> String {
    let name = camel(field.name);
    if contains_span(&field.ty) { format!("{name}Ms") } else { name }
}

fn contains_span(ty: &Ty) -> bool {
    match ty {
        Ty::Span => true,
        Ty::Maybe(of) => contains_span(of),
        _ => false,
    }
}

fn declared(ty: &Ty) -> String {
    match ty {
        Ty::Text | Ty::Secret | Ty::Exact => "string".into(),
        Ty::Whole | Ty::Count | Ty::Real | Ty::Span => "number".into(),
        Ty::Truth => "boolean".into(),
        Ty::Instant => "Date".into(),
        Ty::Bytes => "Uint8Array".into(),
        Ty::Json => "unknown".into(),
        Ty::Named(name) => (*name).into(),
        Ty::List(of) => format!("ReadonlyArray<{}>", declared(of)),
        Ty::Map(of) => format!("Readonly<Record<string, {}>>", declared(of)),
        Ty::Maybe(of) => format!("{} | null", declared(of)),
    }
}

fn comment(doc: &str, indent: &str) -> String {
    let lines: Vec<&str> = doc.lines().collect();
    if let [line] = lines.as_slice() {
        return format!("{indent}/** {line} */\n");
    }
    let mut out = format!("{indent}/**\n");
    for line in lines {
        let _ = writeln!(out, "{}", format!("{indent} * {line}").trim_end());
    }
    let _ = writeln!(out, "{indent} */");
    out
}

fn declarations(boundary: &Boundary) -> String {
    let mut out = HEAD.to_owned();
    for texts in &boundary.texts {
        out.push('\n');
        let mut doc = texts.doc.clone();
        doc.push_str(" A text this version does not know is kept as it is.\n");
        for (text, meaning) in &texts.known {
            let _ = write!(doc, "\n- `{text}`: {meaning}");
        }
        out.push_str(&comment(&doc, ""));
        let known: Vec<String> = texts.known.iter().map(|(text, _)| format!("'{text}'")).collect();
        let _ = writeln!(out, "export type {} = {} | (string & {{}});", texts.name, known.join(" | "));
    }
    let given = given(boundary);
    for structure in &boundary.structures {
        out.push('\n');
        out.push_str(&comment(&structure.doc, ""));
        let _ = writeln!(out, "export interface {} {{", structure.name);
        for field in &structure.fields {
            out.push_str(&comment(&with_unit(field), "  "));
            let optional = given.contains(structure.name) && matches!(field.ty, Ty::Maybe(_));
            let mark = if optional { "?" } else { "" };
            let _ = writeln!(out, "  readonly {}{mark}: {};", field_name(field), declared(&field.ty));
        }
        out.push_str("}\n");
    }
    out.push_str("\n/** The engine's calls. */\nexport interface Calls {\n");
    for call in &boundary.calls {
        signature(&mut out, boundary, call);
    }
    out.push_str("}\n");
    out
}

fn with_unit(field: &Field) -> String {
    if contains_span(&field.ty) { format!("{} Milliseconds.", field.doc) } else { field.doc.clone() }
}

fn parts(call: &Call) -> (Vec<&Field>, Vec<&Field>) {
    call.arguments.iter().partition(|argument| !matches!(argument.ty, Ty::Maybe(_)))
}

fn signature(out: &mut String, boundary: &Boundary, call: &Call) {
    let (required, optional) = parts(call);
    let mut parameters: Vec<String> =
        required.iter().map(|a| format!("{}: {}", field_name(a), declared(&a.ty))).collect();
    let mut doc = call.doc.clone();
    for argument in &required {
        let _ = write!(doc, "\n@param {} {}", field_name(argument), argument.doc.replace('\n', " "));
    }
    let mut options: Vec<String> = optional
        .iter()
        .map(|a| {
            format!(
                "{}{}?: {};",
                comment(&with_unit(a), "    "),
                format_args!("    {}", field_name(a)),
                declared(&a.ty)
            )
        })
        .collect();
    options.push("    /** Gives up waiting when it is aborted; what was asked may still be done. */\n    signal?: AbortSignal;".into());
    parameters.push(format!("options?: {{\n{}\n  }}", options.join("\n")));
    let gives = call.gives.as_ref().map_or("void".to_owned(), declared);
    let list = parameters.join(", ");
    if let (true, Some((_, item))) = (call.pages, call.gives.as_ref().and_then(|page| items(boundary, page)))
    {
        out.push_str(&comment(&format!("{doc}\n\nThe next page is read when it is needed."), "  "));
        let _ = writeln!(out, "  {}({list}): AsyncIterableIterator<{item}>;", camel(call.name));
        out.push_str(&comment(&doc, "  "));
        let _ = writeln!(out, "  {}Page({list}): Promise<{gives}>;", camel(call.name));
    } else {
        out.push_str(&comment(&doc, "  "));
        let _ = writeln!(out, "  {}({list}): Promise<{gives}>;", camel(call.name));
    }
}

/// From JSON.
fn read(boundary: &Boundary, ty: &Ty, from: &str) -> String {
    match ty {
        Ty::Instant => format!("new Date({from})"),
        Ty::Bytes => format!("base.bytesOf({from})"),
        Ty::Named(name) if !is_texts(boundary, name) => format!("read{name}({from})"),
        Ty::List(of) => match &**of {
            Ty::Named(name) if !is_texts(boundary, name) => format!("Object.freeze({from}.map(read{name}))"),
            _ => format!("Object.freeze({from})"),
        },
        Ty::Maybe(of) => {
            let inner = read(boundary, of, from);
            if inner == from { from.into() } else { format!("{from} === null ? null : {inner}") }
        }
        _ => from.into(),
    }
}

/// Checks an argument and makes JSON of it.
fn checked(boundary: &Boundary, ty: &Ty, name: &str, value: &str) -> String {
    match ty {
        Ty::Text => format!("base.text({name}, {value})"),
        Ty::Secret => format!("base.secret({name}, {value})"),
        Ty::Whole | Ty::Span => format!("base.whole({name}, {value})"),
        Ty::Count => format!("base.count({name}, {value})"),
        Ty::Real => format!("base.real({name}, {value})"),
        Ty::Truth => format!("base.truth({name}, {value})"),
        Ty::Exact => format!("base.exact({name}, {value})"),
        Ty::Instant => format!("base.instant({name}, {value})"),
        Ty::Bytes => format!("base.octets({name}, {value})"),
        Ty::Json | Ty::Map(_) => value.into(),
        Ty::Named(texts) if is_texts(boundary, texts) => format!("base.text({name}, {value})"),
        Ty::Named(of) => format!("write{of}({name}, {value})"),
        Ty::List(of) => {
            format!("base.many({name}, {value}).map((one) => {})", checked(boundary, of, name, "one"))
        }
        Ty::Maybe(of) => {
            format!(
                "{value} === undefined || {value} === null ? null : {}",
                checked(boundary, of, name, value)
            )
        }
    }
}

fn script(boundary: &Boundary) -> String {
    let mut out = format!("{HEAD}'use strict';\n\nconst base = require('./base.js');\n");
    let given = given(boundary);
    for structure in &boundary.structures {
        reader(&mut out, boundary, structure);
        if given.contains(structure.name) {
            writer(&mut out, boundary, structure);
        }
    }
    out.push_str("\nclass Calls extends base.Base {\n");
    for call in &boundary.calls {
        method(&mut out, boundary, call);
    }
    out.push_str("}\n\nmodule.exports = {\n  Calls,\n");
    for structure in &boundary.structures {
        let _ = writeln!(out, "  read{},", structure.name);
        if given.contains(structure.name) {
            let _ = writeln!(out, "  write{},", structure.name);
        }
    }
    out.push_str("};\n");
    out
}

fn reader(out: &mut String, boundary: &Boundary, structure: &Structure) {
    let _ = write!(out, "\nfunction read{}(raw) {{\n  return Object.freeze({{\n", structure.name);
    for field in &structure.fields {
        let value = read(boundary, &field.ty, &format!("raw.{}", field.name));
        let _ = writeln!(out, "    {}: {value},", field_name(field));
    }
    out.push_str("  });\n}\n");
}

fn writer(out: &mut String, boundary: &Boundary, structure: &Structure) {
    let known: Vec<String> =
        structure.fields.iter().map(|field| format!("'{}'", field_name(field))).collect();
    let _ = write!(
        out,
        "\nfunction write{}(name, value) {{\n  base.record(name, value, [{}]);\n  return {{\n",
        structure.name,
        known.join(", ")
    );
    for field in &structure.fields {
        let label = format!("`${{name}}.{}`", field_name(field));
        let value = checked(boundary, &field.ty, &label, &format!("value.{}", field_name(field)));
        let _ = writeln!(out, "    {}: {value},", field.name);
    }
    out.push_str("  };\n}\n");
}

fn method(out: &mut String, boundary: &Boundary, call: &Call) {
    let (required, optional) = parts(call);
    let mut parameters: Vec<String> = required.iter().map(|a| field_name(a)).collect();
    parameters.push("options".into());
    let list = parameters.join(", ");
    let mut known: Vec<String> = optional.iter().map(|a| format!("'{}'", field_name(a))).collect();
    known.push("'signal'".into());
    let body = |out: &mut String| {
        let _ = writeln!(out, "    const chosen = base.options(options, [{}]);", known.join(", "));
        out.push_str("    const given = {\n");
        for argument in &call.arguments {
            let name = field_name(argument);
            let value =
                if matches!(argument.ty, Ty::Maybe(_)) { format!("chosen.{name}") } else { name.clone() };
            let _ = writeln!(
                out,
                "      {}: {},",
                argument.name,
                checked(boundary, &argument.ty, &format!("'{name}'"), &value)
            );
        }
        out.push_str("    };\n");
    };
    let name = camel(call.name);
    let pages = call.gives.as_ref().filter(|_| call.pages).and_then(|page| items(boundary, page));
    if let Some((field, item)) = pages {
        let _ = writeln!(out, "  {name}({list}) {{");
        body(out);
        let _ = write!(
            out,
            "    return this.each('{}', given, '{field}', read{item}, chosen.signal);\n  }}\n\n",
            call.name
        );
    }
    let method = if pages.is_some() { format!("{name}Page") } else { name };
    let _ = writeln!(out, "  async {method}({list}) {{");
    body(out);
    let asked = format!("await this.ask('{}', given, chosen.signal)", call.name);
    match &call.gives {
        None => {
            let _ = writeln!(out, "    {asked};");
        }
        Some(ty) => {
            let _ = writeln!(out, "    const raw = {asked};\n    return {};", read(boundary, ty, "raw"));
        }
    }
    out.push_str("  }\n\n");
}
