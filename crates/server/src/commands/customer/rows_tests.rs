use application::CustomerRow;

use super::*;

fn read(input: &[u8]) -> Vec<ReadRow> {
    let mut rows = Rows::new(input, None, None).map_err(|error| error.to_string()).unwrap();
    std::iter::from_fn(|| rows.next_row().unwrap()).collect()
}

fn refused(input: &[u8]) -> String {
    Rows::new(input, None, None).map(|_| ()).unwrap_err().to_string()
}

fn good(row: &ReadRow) -> &CustomerRow {
    let ReadRow::Row(row) = row else { panic!("{row:?}") };
    row
}

/// The lines that were good, and those that were bad.
fn numbers(input: &[u8]) -> (Vec<u64>, Vec<u64>) {
    let (mut fine, mut bad) = (Vec::new(), Vec::new());
    for row in read(input) {
        match row {
            ReadRow::Row(row) => fine.push(row.line),
            ReadRow::Bad { line, .. } => bad.push(line),
        }
    }
    (fine, bad)
}

#[test]
fn csv_by_header_in_any_order_and_spelling() {
    let input =
        b"Name,E-Mail,shoe size\n\"Nov\xc3\xa1k, Jan\",jan@a.cz,42\nEva,eva@a.cz\n\xff,x@y.cz,1\nIda,,7\n";
    let rows = read(input);
    let first = good(&rows[0]);
    assert_eq!(
        (first.line, first.name.as_deref(), first.email.as_deref()),
        (2, Some("Novák, Jan"), Some("jan@a.cz"))
    );
    assert_eq!((&first.phone, &first.status), (&None, &None), "no such columns");
    assert_eq!(rows[1], ReadRow::Bad { line: 3, error: "expected 3 fields, found 2".into() });
    assert!(matches!(&rows[2], ReadRow::Bad { line: 4, .. }));
    assert_eq!(good(&rows[3]).email.as_deref(), Some(""), "an empty cell is not an absent one");
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    for end in ["\n", "\r\n", "\r"] {
        let input = ["id,email,name", "1,a@b.cz,A", "2", "", "3,\"c@d.cz\",\"Two", "lines\"", "4"].join(end);
        assert_eq!(numbers(input.as_bytes()), (vec![2, 5], vec![3, 7]), "{end:?}");
    }
}

#[test]
fn an_open_quote_costs_one_row() {
    for rest in [
        "q2,q2@shop.example,N\r\nq3,q3@shop.example,N\r\n",
        "\"q2\",\"q2@shop.example\",\"N\"\r\nq3,q3@shop.example,N\r\n",
        "q2,q2@shop.example,\"N\"\r\nq3,q3@shop.example,N",
        "q2,q2@shop.example,N\r\nq3,q3@shop.example,\"N\"",
    ] {
        let input = format!("id,email,name\r\nq1,q1@shop.example,\"never closed\r\n{rest}");
        assert_eq!(numbers(input.as_bytes()), (vec![3, 4], vec![2]), "{rest}");
    }
    // The second open quote closes the first.
    let input = "id,email,name\nq1,q1@a.cz,\"open\nq2,q2@a.cz,\"\nq3,q3@a.cz,N\n";
    assert_eq!(numbers(input.as_bytes()), (vec![4], vec![2, 3]));
    // Longer than any record may be.
    let mut input = "id,email,name\nq1,q1@a.cz,\"open\n".to_owned();
    (0..5_000).for_each(|n| input.push_str(&format!("r{n},r{n}@shop.example,N\n")));
    let (fine, bad) = numbers(input.as_bytes());
    assert_eq!((fine.len(), bad), (5_000, vec![2]));
}

#[test]
fn delimiters_are_told_by_the_header() {
    for delimiter in [",", ";", "\t"] {
        let input = format!("id{delimiter}email{delimiter}name\n1{delimiter}a@b.cz{delimiter}Ann; Lee\n");
        let input = if delimiter == ";" { input.replace("; Lee", "") } else { input };
        assert_eq!(good(&read(input.as_bytes())[0]).email.as_deref(), Some("a@b.cz"), "{delimiter:?}");
    }
    assert_eq!(good(&read(b"sep=;\r\nid;note, long\r\n7;x\r\n")[0]).external_id.as_deref(), Some("7"));
    assert_eq!(good(&read(b"id\n7\n")[0]).external_id.as_deref(), Some("7"));
}

#[test]
fn two_columns_of_one_kind_are_refused_by_name() {
    let error = refused(b"id,email,E-mail address,name\n");
    assert!(error.contains("`email`") && error.contains("`E-mail address`"), "{error}");
    for header in ["id,email,email", "id,ID", "phone,telephone", "firstName,given name"] {
        assert!(refused(header.as_bytes()).contains("mean the same"), "{header}");
    }
    assert!(matches!(&read(b"{\"email\":\"a@b.cz\",\"mail\":\"c@d.cz\"}")[0], ReadRow::Bad { line: 1, .. }));
    assert!(refused(b"foo,bar\n1,2\n").contains("--delimiter"));
    assert!(refused(b"").contains("empty") && refused(b"\n \n").contains("empty"));
    assert!(refused(b"[{}]").contains("jq"));
}

#[test]
fn names_are_put_together() {
    let rows = read(b"id,lastName,firstName\n1,Nov,Jan\n2,Nov,\n3,,\n");
    let names: Vec<_> = rows.iter().map(|row| good(row).name.clone().unwrap()).collect();
    assert_eq!(names, ["Jan Nov", "Nov", ""]);
}

#[test]
fn ndjson_reports_bad_lines_and_goes_on() {
    let long = format!("{{\"email\":\"{}\"}}\n", "x".repeat(70_000));
    let input = [
        b"{\"email\":\"a@b.cz\",\"firstName\":\"Jan\",\"lastName\":\"Nov\"}\n\n[1]\n".as_slice(),
        long.as_bytes(),
        b"{\"email\":7}\n{\"id\":7,\"email\":null,\"phone\":\"+420\",\"revision\":3}\n{\"id\":1.5}",
    ]
    .concat();
    let rows = read(&input);
    assert_eq!(good(&rows[0]).name.as_deref(), Some("Jan Nov"));
    assert!(matches!(&rows[1], ReadRow::Bad { line: 3, .. }));
    assert!(matches!(&rows[2], ReadRow::Bad { line: 4, .. }));
    assert_eq!(rows[3], ReadRow::Bad { line: 5, error: "email: expected a string".into() });
    let last = good(&rows[4]);
    assert_eq!((last.line, last.external_id.as_deref(), last.email.as_deref()), (6, Some("7"), Some("")));
    assert_eq!((last.revision.as_deref(), &last.name), (Some("3"), &None));
    assert!(matches!(&rows[5], ReadRow::Bad { line: 7, .. }));
}
