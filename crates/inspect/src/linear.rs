//! Logistic regression on hashed grams by AdaGrad (Duchi et al. 2011), deterministic, in seconds.

/// Weights while they are learnt.
pub(crate) struct Weights {
    table: Vec<f32>,
    squares: Vec<f32>,
    pub(crate) bias: f32,
    rate: f32,
    decay: f32,
}

impl Weights {
    /// `buckets` weights of nothing; `rate` is the first step, `decay` the pull towards zero at each touch.
    pub(crate) fn new(buckets: usize, rate: f32, decay: f32) -> Self {
        Self { table: vec![0.0; buckets], squares: vec![0.0; buckets], bias: 0.0, rate, decay }
    }

    /// Goes on from weights that were quantised.
    pub(crate) fn resume(&mut self, table: &[u8], step: f32, bias: f32) {
        for (weight, byte) in self.table.iter_mut().zip(table) {
            *weight = f32::from(byte.cast_signed()) * step;
        }
        self.bias = bias;
    }

    /// Log-odds of a row of grams.
    pub(crate) fn odds(&self, grams: &[u32]) -> f32 {
        let sum: f32 = grams.iter().filter_map(|gram| self.table.get(*gram as usize)).sum();
        self.bias + sum / (grams.len().max(1) as f32).sqrt()
    }

    /// Learns that a row of grams is of the kind, or is not.
    pub(crate) fn learn(&mut self, grams: &[u32], positive: bool, weight: f32) {
        if grams.is_empty() {
            return;
        }
        let odds = self.odds(grams);
        let error = 1.0 / (1.0 + (-odds).exp()) - f32::from(u8::from(positive));
        let gradient = weight * error / (grams.len() as f32).sqrt();
        for gram in grams {
            let gram = *gram as usize;
            if let (Some(weight), Some(square)) = (self.table.get_mut(gram), self.squares.get_mut(gram)) {
                let slope = gradient + self.decay * *weight;
                *square += slope * slope;
                *weight -= self.rate * slope / (square.sqrt() + 1e-3);
            }
        }
        self.bias -= 0.01 * weight * error;
    }

    /// The weights as signed bytes, and what one step of them is. The largest in a thousand are cut off, so that the
    /// others keep their digits.
    pub(crate) fn quantised(&self) -> (Vec<u8>, f32) {
        let mut sizes: Vec<f32> = self.table.iter().map(|weight| weight.abs()).filter(|size| *size > 0.0).collect();
        sizes.sort_by(f32::total_cmp);
        let largest = sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 1000)).copied().unwrap_or(1.0);
        let step = largest / 127.0;
        let byte = |weight: &f32| ((weight / step).round().clamp(-127.0, 127.0) as i8).cast_unsigned();
        (self.table.iter().map(byte).collect(), step)
    }
}

/// xorshift64*.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    }

    pub(crate) fn shuffle(&mut self, order: &mut [usize]) {
        for index in (1..order.len()).rev() {
            let other = self.below(index + 1);
            order.swap(index, other);
        }
    }
}
