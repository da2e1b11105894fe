//! Owns the way in for fuzz targets; no command uses it.

use std::io::Cursor;

use crate::args::RowFormat;
use crate::commands;
use crate::rows::Rows;

/// Reads bytes as `assignment apply` and `entra-assignment bulk` read a file; `format` is `csv`, `jsonl`, or
/// anything else to have it told from the first line. Answers how many rows the two could do, and how many
/// they could not.
///
/// # Errors
/// Why the bytes are no rows at all.
pub fn fuzz_rows(bytes: &[u8], format: &str) -> Result<(usize, usize), String> {
    let format = match format {
        "csv" => Some(RowFormat::Csv),
        "jsonl" => Some(RowFormat::Jsonl),
        _ => None,
    };
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let rows = Rows::read("the bytes", reader, format).map_err(|failure| failure.message())?;
    let (mut good, mut bad) = (0, 0);
    for row in rows {
        for readable in commands::readable(&row) {
            if readable { good += 1 } else { bad += 1 }
        }
    }
    Ok((good, bad))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_count_for_both_commands() {
        let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
        let object = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
        let head = "tenant_id,object_id,principal_type,client_ids,action";
        let csv = format!(
            "{head}\n{tenant},{object},user,{object},\n{tenant},{object},group,{object},\nx\n"
        );
        assert_eq!(fuzz_rows(csv.as_bytes(), "csv"), Ok((3, 3)));
        assert_eq!(fuzz_rows(csv.as_bytes(), ""), Ok((3, 3)));
        assert_eq!(fuzz_rows(b"{}\n\xff", "jsonl"), Ok((0, 4)));
        let error = fuzz_rows(b"nothing", "csv").unwrap_err();
        assert!(error.contains("the bytes, line 1"), "{error}");
    }
}
