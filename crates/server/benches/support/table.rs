//! A table of figures of both stores: printed, and kept as JSON for `scripts/bench`.

use serde_json::{Map, Value};

/// What a column is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Sqlite,
    BareSqlite,
    Postgres,
    BarePostgres,
}

const COLUMNS: [(Of, &str, &str); 4] = [
    (Of::Sqlite, "SQLite", "sqlite"),
    (Of::BareSqlite, "bare SQL", "bareSqlite"),
    (Of::Postgres, "PostgreSQL", "postgres"),
    (Of::BarePostgres, "bare SQL", "barePostgres"),
];

struct Row {
    measure: String,
    unit: &'static str,
    figures: Vec<(Of, f64)>,
}

/// Rows in the order in which they were first measured.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a figure to the row of its measure; says so at once, as all of them take minutes.
    pub fn put(&mut self, measure: &str, unit: &'static str, of: Of, figure: f64) {
        eprintln!("{of:?}: {measure}: {figure:.1} {unit}");
        let found = self.0.iter_mut().find(|row| row.measure == measure);
        match found {
            Some(row) => row.figures.push((of, figure)),
            None => self.0.push(Row {
                measure: measure.to_owned(),
                unit,
                figures: vec![(of, figure)],
            }),
        }
    }

    /// Prints the table, and writes it to the file that `HOTDESK_BENCH_FILE` names.
    pub fn tell(&self, title: &str) {
        let figures = || self.0.iter().flat_map(|row| &row.figures);
        let mut columns = COLUMNS.to_vec();
        columns.retain(|(of, _, _)| figures().any(|(column, _)| column == of));
        let heads = columns.iter().map(|(_, head, _)| format!("{head:>12}"));
        println!("\n{title:<62}{}", heads.collect::<String>());
        let mut rows = Vec::new();
        for row in &self.0 {
            let mut line = format!("{:<62}", format!("{}, {}", row.measure, row.unit));
            let mut json = Map::new();
            json.insert("measure".to_owned(), Value::from(row.measure.clone()));
            json.insert("unit".to_owned(), Value::from(row.unit));
            for (of, _, name) in &columns {
                let figure = row.figures.iter().find(|(column, _)| column == of);
                let figure = figure.map(|(_, figure)| *figure);
                let cell = figure.map_or("–".to_owned(), |figure| format!("{figure:.1}"));
                line.push_str(&format!("{cell:>12}"));
                json.insert((*name).to_owned(), figure.map_or(Value::Null, Value::from));
            }
            println!("{line}");
            rows.push(Value::Object(json));
        }
        if let Some(path) = std::env::var_os("HOTDESK_BENCH_FILE") {
            std::fs::write(path, Value::from(rows).to_string()).unwrap();
        }
    }
}
