//! Values in rows and columns, some of them missing: the shape that most statistics here take.

/// Rows are what is measured (competitors, units), columns what measures (aspects, judges).
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: usize,
    cells: Vec<Option<f64>>,
}

impl Table {
    pub fn new(rows: usize, columns: usize) -> Table {
        Table { columns, cells: vec![None; rows * columns] }
    }

    /// `None` when the rows differ in length. A value that is not finite counts as missing.
    pub fn from_rows(rows: &[Vec<Option<f64>>]) -> Option<Table> {
        let columns = rows.first().map_or(0, Vec::len);
        let cells = rows.iter().flatten().map(|cell| cell.filter(|value| value.is_finite())).collect();
        rows.iter().all(|row| row.len() == columns).then_some(Table { columns, cells })
    }

    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Both must lie within the table.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.columns + column] = Some(value).filter(|value| value.is_finite());
    }

    pub fn row(&self, row: usize) -> &[Option<f64>] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    /// The rows in which nothing is missing.
    pub fn complete(&self) -> Vec<Vec<f64>> {
        (0..self.rows()).filter_map(|row| self.row(row).iter().copied().collect()).collect()
    }

    /// What is there in a column.
    pub fn present(&self, column: usize) -> Vec<f64> {
        (0..self.rows()).filter_map(|row| self.row(row)[column]).collect()
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sum of squares about the mean.
pub(crate) fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean) * (value - mean)).sum()
}

/// With `n − 1`; at least two values.
pub(crate) fn variance(values: &[f64]) -> f64 {
    squares(values) / (values.len() as f64 - 1.0)
}

/// Whether a sum of squares is nothing but rounding, for values of this size.
pub(crate) fn is_nothing(squares: f64, values: &[f64]) -> bool {
    squares <= 1e-24 + 1e-22 * values.iter().map(|value| value * value).sum::<f64>()
}

/// Pearson's correlation; `None` for fewer than three pairs or where one side does not vary.
pub fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.len() != other.len() || one.len() < 3 {
        return None;
    }
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (of_one, of_other) = (squares(one), squares(other));
    if is_nothing(of_one, one) || is_nothing(of_other, other) {
        return None;
    }
    let together: f64 = one.iter().zip(other).map(|(x, y)| (x - mean_one) * (y - mean_other)).sum();
    Some((together / (of_one.sqrt() * of_other.sqrt())).clamp(-1.0, 1.0))
}

/// The quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan, "Sample Quantiles in
/// Statistical Packages", The American Statistician 50 (1996), 361–365. `sorted` ascending; `share` in 0 to 1; `None`
/// of nothing.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}
