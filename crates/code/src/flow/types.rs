//! Names of types: what they say of the values that have them.

/// A type without generics, pointers, arrays and what else stands around its name.
pub(super) fn bare(of_type: &str) -> &str {
    let of_type = of_type.trim().trim_start_matches(['&', '*', ':', ' ', '?']);
    let of_type = of_type.strip_prefix("mut ").unwrap_or(of_type);
    let of_type = of_type.strip_prefix("dyn ").unwrap_or(of_type);
    for wrapper in ["Optional[", "Annotated[", "Promise<", "Option<", "Box<", "Arc<", "Rc<"] {
        if let Some(inner) = of_type.strip_prefix(wrapper) {
            let end = inner.find([',', ']', '>', '<', '[']).unwrap_or(inner.len());
            return inner.get(..end).unwrap_or(inner).trim();
        }
    }
    let end = of_type.find(['<', '[', '|', ' ', '{', '(', '?']).unwrap_or(of_type.len());
    of_type.get(..end).unwrap_or(of_type).trim_matches(['"', '\'', ' '])
}

/// Values of these types cannot carry an attack.
pub(super) fn is_harmless(of_type: &str) -> bool {
    is_number(of_type)
        || matches!(
            of_type,
            "Literal"
                | "typing.Literal"
                | "Decimal"
                | "decimal.Decimal"
                | "byte"
                | "Integer"
                | "Long"
                | "Boolean"
                | "Double"
                | "UUID"
                | "bigint"
                | "i8"
                | "i16"
                | "int32"
                | "int64"
                | "uint"
                | "uint32"
                | "uint64"
                | "float64"
                | "date"
                | "datetime"
                | "datetime.datetime"
                | "BigDecimal"
                | "LocalDate"
                | "Date"
                | "Uuid"
                | "Duration"
                | "time.Duration"
                | "uuid.UUID"
                | "int8"
                | "int16"
                | "uint8"
                | "uint16"
                | "float32"
        )
}

/// Types of numbers and truth values that a cast makes.
pub(super) fn is_number(of_type: &str) -> bool {
    matches!(
        of_type,
        "int"
            | "long"
            | "float"
            | "double"
            | "short"
            | "boolean"
            | "bool"
            | "i32"
            | "i64"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "usize"
            | "isize"
            | "f32"
            | "f64"
            | "number"
    )
}

/// Types that say no more than that it is data.
pub(super) fn is_text(of_type: &str) -> bool {
    matches!(
        of_type,
        "str"
            | "bytes"
            | "String"
            | "string"
            | "CharSequence"
            | "Object"
            | "any"
            | "Any"
            | "typing.Any"
            | "unknown"
            | "dict"
            | "Dict"
            | "list"
            | "List"
            | "Sequence"
            | "Iterable"
            | "object"
            | "char"
            | "var"
            | "let"
            | "Map"
            | "Set"
            | "Collection"
            | "T"
            | "interface"
            | "Vec"
            | "Union"
            | "tuple"
            | "Tuple"
            | "Mapping"
            | "Record"
            | "Array"
            | "HashMap"
            | "void"
            | "auto"
            | ""
    )
}
