//! Square symmetric matrices, as the Rasch model needs them: solve, invert, and find what they don't determine.

/// Kept whole, row after row.
#[derive(Debug, Clone)]
pub struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    pub fn zero(size: usize) -> Square {
        Square { size, cells: vec![0.0; size * size] }
    }

    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[row * self.size + column] += value;
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..(row + 1) * self.size]
    }

    /// Adds `v vᵀ`.
    pub fn add_outer(&mut self, v: &[f64]) {
        for (row, cells) in self.cells.chunks_mut(self.size).enumerate().filter(|(row, _)| v[*row] != 0.0) {
            for (cell, other) in cells.iter_mut().zip(v) {
                *cell += v[row] * other;
            }
        }
    }

    /// The lower triangle L with L Lᵀ = self; `None` unless positive definite.
    pub fn cholesky(mut self) -> Option<Triangle> {
        let scale = (0..self.size).map(|at| self.at(at, at)).fold(0.0_f64, f64::max);
        for row in 0..self.size {
            for column in 0..=row {
                let (of_row, of_column) = (&self.row(row)[..column], &self.row(column)[..column]);
                let known: f64 = of_row.iter().zip(of_column).map(|(one, other)| one * other).sum();
                let left = self.at(row, column) - known;
                let value = if row == column {
                    if left.is_nan() || left <= scale * 1e-13 {
                        return None;
                    }
                    left.sqrt()
                } else {
                    left / self.at(column, column)
                };
                self.cells[row * self.size + column] = value;
            }
        }
        Some(Triangle(self))
    }

    /// Vectors v, independent of each other, with self · v = 0; for matrices that are positive semidefinite, whose
    /// greatest cell is on the diagonal and stays there under elimination.
    pub fn null_space(mut self) -> Vec<Vec<f64>> {
        let size = self.size;
        let scale = self.cells.iter().fold(0.0_f64, |most, cell| most.max(cell.abs()));
        let mut order: Vec<usize> = (0..size).collect();
        let mut rank = 0;
        while rank < size {
            let place = (rank..size).max_by(|one, other| self.at(*one, *one).total_cmp(&self.at(*other, *other)));
            let Some(place) = place.filter(|place| self.at(*place, *place) > scale * 1e-10) else { break };
            self.swap_rows(rank, place);
            self.swap_columns(rank, place);
            order.swap(rank, place);
            let pivot = self.at(rank, rank);
            let pivot_row: Vec<f64> = self.row(rank).iter().map(|cell| cell / pivot).collect();
            for other in (0..size).filter(|other| *other != rank) {
                let factor = self.at(other, rank);
                if factor != 0.0 {
                    let cells = &mut self.cells[other * size..(other + 1) * size];
                    for (cell, pivot) in cells.iter_mut().zip(&pivot_row) {
                        *cell -= factor * pivot;
                    }
                }
            }
            self.cells[rank * size..(rank + 1) * size].copy_from_slice(&pivot_row);
            rank += 1;
        }
        (rank..size)
            .map(|free| {
                let mut vector = vec![0.0; size];
                vector[order[free]] = 1.0;
                for row in 0..rank {
                    vector[order[row]] = -self.at(row, free);
                }
                vector
            })
            .collect()
    }

    fn swap_rows(&mut self, one: usize, other: usize) {
        for column in 0..self.size {
            self.cells.swap(one * self.size + column, other * self.size + column);
        }
    }

    fn swap_columns(&mut self, one: usize, other: usize) {
        for row in 0..self.size {
            self.cells.swap(row * self.size + one, row * self.size + other);
        }
    }
}

/// A lower triangle.
pub struct Triangle(Square);

impl Triangle {
    /// x with L Lᵀ x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let Triangle(l) = self;
        let mut x = b.to_vec();
        for row in 0..l.size {
            let known: f64 = l.row(row)[..row].iter().zip(&x).map(|(one, other)| one * other).sum();
            x[row] = (x[row] - known) / l.at(row, row);
        }
        for row in (0..l.size).rev() {
            x[row] /= l.at(row, row);
            let found = x[row];
            for (column, value) in x[..row].iter_mut().enumerate() {
                *value -= l.at(row, column) * found;
            }
        }
        x
    }

    pub fn inverse(&self) -> Square {
        let size = self.0.size;
        let mut inverse = Square::zero(size);
        let mut unit = vec![0.0; size];
        for row in 0..size {
            unit[row] = 1.0;
            inverse.cells[row * size..(row + 1) * size].copy_from_slice(&self.solve(&unit));
            unit[row] = 0.0;
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let mut square = Square::zero(2);
        for (row, column, value) in [(0, 0, 4.0), (0, 1, 2.0), (1, 0, 2.0), (1, 1, 3.0)] {
            square.add(row, column, value);
        }
        let triangle = square.clone().cholesky().unwrap();
        let x = triangle.solve(&[8.0, 8.0]);
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
        assert!((triangle.inverse().at(0, 0) - 0.375).abs() < 1e-12);
        assert!(square.null_space().is_empty());
        let mut flat = Square::zero(3);
        flat.add_outer(&[1.0, -1.0, 0.0]);
        assert_eq!(flat.clone().null_space().len(), 2);
        assert!(flat.cholesky().is_none());
    }
}
