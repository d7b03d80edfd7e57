//! Orders and lines as Arrow: columns that polars, pandas, DuckDB and pyarrow take through the PyCapsule interface, without one
//! Python object an order.

use arrow_array::{
    ArrayRef, BooleanArray, RecordBatch, RecordBatchIterator, UInt32Array,
    builder::{Decimal128Builder, ListBuilder, StringBuilder, TimestampMillisecondBuilder, UInt32Builder},
    ffi::FFI_ArrowSchema,
    ffi_stream::FFI_ArrowArrayStream,
};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use pyo3::{exceptions::PyRuntimeError, prelude::*, types::PyCapsule};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use sutler::{
    Error, ErrorKind, Result, Timestamp,
    model::{Charge, ChargeKind, Line, Money, Open, OrderState},
    orders::InboxRow,
};
use sutler_boundary::{
    Engine,
    tables::{self, Chosen},
};

/// Digits after the point that an amount may have in a table.
const SCALE: u32 = 6;
/// Rows a batch has at least, but for the last.
const BATCH: usize = 65_536;

/// A finished table.
#[pyclass(frozen, module = "sutler", name = "Table")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    rows: usize,
}

fn broken(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

#[pymethods]
impl Table {
    /// All of it as a stream of batches, by the Arrow PyCapsule interface. Whoever reads it may ask for other types and gets these.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.batches.clone().into_iter().map(Ok);
        let stream =
            FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(batches, self.schema.clone())));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// Its columns, by the Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.schema).map_err(broken)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    /// The columns' names.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __repr__(&self) -> String {
        format!("<sutler.Table of {} rows: {}>", self.rows, self.column_names().join(", "))
    }
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Invalid, "engine.table").message(error.to_string())
}

fn instants() -> TimestampMillisecondBuilder {
    TimestampMillisecondBuilder::new().with_timezone("UTC")
}

fn amounts() -> Decimal128Builder {
    Decimal128Builder::new().with_data_type(DataType::Decimal128(38, SCALE as i8))
}

/// An amount in millionths; none where it is finer than any currency is, which is not rounded.
fn millionths(money: &Money) -> Option<i128> {
    let amount = money.amount.normalize();
    let shift = SCALE.checked_sub(amount.scale())?;
    amount.mantissa().checked_mul(10_i128.pow(shift))
}

fn millis(at: Timestamp) -> i64 {
    at.timestamp_millis()
}

/// Columns under way, and the batches that are finished.
trait Columns: Default {
    type Row;
    fn add(&mut self, row: &Self::Row);
    fn finish(&mut self) -> Result<RecordBatch>;
}

struct Gathered<C> {
    columns: C,
    under_way: usize,
    batches: Vec<RecordBatch>,
    rows: Arc<AtomicU64>,
}

impl<C: Columns> Gathered<C> {
    fn new(rows: Arc<AtomicU64>) -> Gathered<C> {
        Gathered { columns: C::default(), under_way: 0, batches: Vec::new(), rows }
    }

    fn take(&mut self, rows: &[C::Row]) -> Result<()> {
        for row in rows {
            self.columns.add(row);
        }
        self.under_way += rows.len();
        self.rows.fetch_add(rows.len() as u64, Ordering::Relaxed);
        if self.under_way >= BATCH {
            self.batches.push(self.columns.finish()?);
            self.under_way = 0;
        }
        Ok(())
    }

    fn table(mut self) -> Result<Table> {
        // The last batch, also where it is empty: it has the columns.
        let last = self.columns.finish()?;
        let schema = last.schema();
        self.batches.push(last);
        let rows = self.batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Table { schema, batches: self.batches, rows })
    }
}

struct OrderColumns {
    channel: StringBuilder,
    id: StringBuilder,
    phase: StringBuilder,
    placed_at: TimestampMillisecondBuilder,
    due_at: TimestampMillisecondBuilder,
    total: Decimal128Builder,
    currency: StringBuilder,
    acknowledged: Vec<bool>,
    lines: Vec<u32>,
    holds: ListBuilder<StringBuilder>,
}

impl Default for OrderColumns {
    fn default() -> Self {
        OrderColumns {
            channel: StringBuilder::new(),
            id: StringBuilder::new(),
            phase: StringBuilder::new(),
            placed_at: instants(),
            due_at: instants(),
            total: amounts(),
            currency: StringBuilder::new(),
            acknowledged: Vec::new(),
            lines: Vec::new(),
            holds: ListBuilder::new(StringBuilder::new()),
        }
    }
}

fn array(array: impl arrow_array::Array + 'static) -> ArrayRef {
    Arc::new(array)
}

fn batch(columns: Vec<(&str, ArrayRef, bool)>) -> Result<RecordBatch> {
    RecordBatch::try_from_iter_with_nullable(columns).map_err(unwritable)
}

impl Columns for OrderColumns {
    type Row = InboxRow;

    fn add(&mut self, row: &InboxRow) {
        self.channel.append_value(row.channel.as_str());
        self.id.append_value(row.channel_order_id.as_str());
        self.phase.append_value(row.phase.as_str());
        self.placed_at.append_value(millis(row.placed_at));
        self.due_at.append_option(row.due_at.map(millis));
        self.total.append_option(row.total.as_ref().and_then(millionths));
        self.currency.append_option(row.total.as_ref().map(|total| total.currency.as_str()));
        self.acknowledged.push(row.acknowledged);
        self.lines.push(row.lines);
        for hold in &row.holds {
            self.holds.values().append_value(hold.code());
        }
        self.holds.append(true);
    }

    fn finish(&mut self) -> Result<RecordBatch> {
        batch(vec![
            ("channel", array(self.channel.finish()), false),
            ("channel_order_id", array(self.id.finish()), false),
            ("phase", array(self.phase.finish()), false),
            ("placed_at", array(self.placed_at.finish()), false),
            ("due_at", array(self.due_at.finish()), true),
            ("total", array(self.total.finish()), true),
            ("currency", array(self.currency.finish()), true),
            ("acknowledged", array(BooleanArray::from(std::mem::take(&mut self.acknowledged))), false),
            ("lines", array(UInt32Array::from(std::mem::take(&mut self.lines))), false),
            ("holds", array(self.holds.finish()), false),
        ])
    }
}

struct LineColumns {
    texts: [StringBuilder; 7],
    placed_at: TimestampMillisecondBuilder,
    units: [UInt32Builder; 4],
    amounts: [Decimal128Builder; 3],
}

impl Default for LineColumns {
    fn default() -> Self {
        LineColumns {
            texts: std::array::from_fn(|_| StringBuilder::new()),
            placed_at: instants(),
            units: std::array::from_fn(|_| UInt32Builder::new()),
            amounts: std::array::from_fn(|_| amounts()),
        }
    }
}

/// What was charged for the goods of a line, for all of it, and the tax on all of it, in the currency of its first charge.
fn charged(line: &Line) -> [Option<Money>; 3] {
    let Some(first) = line.charges.first() else { return [None, None, None] };
    let currency = first.amount.currency;
    let sum = |of: fn(&Charge) -> Option<Money>| {
        let amounts = line.charges.iter().filter_map(of).filter(|money| money.currency == currency);
        amounts
            .map(Some)
            .reduce(|a, b| Some(Money { amount: a?.amount.checked_add(b?.amount)?, currency }))?
    };
    let goods = |charge: &Charge| (charge.kind == Open::Known(ChargeKind::Product)).then_some(charge.amount);
    [sum(goods), sum(|charge| Some(charge.amount)), sum(|charge| charge.tax)]
}

impl Columns for LineColumns {
    type Row = OrderState;

    fn add(&mut self, state: &OrderState) {
        for line in &state.facts.lines {
            let amounts = charged(line);
            let [channel, id, phase, line_id, sku, title, currency] = &mut self.texts;
            channel.append_value(state.channel.as_str());
            id.append_value(state.channel_order_id.as_str());
            phase.append_value(state.phase().as_str());
            line_id.append_value(line.line_id.as_str());
            sku.append_option(line.sku.as_ref().map(|sku| sku.as_str()));
            title.append_value(&line.title);
            currency.append_option(amounts[1].as_ref().map(|charges| charges.currency.as_str()));
            self.placed_at.append_value(millis(state.placed_at()));
            for (builder, units) in
                self.units.iter_mut().zip([line.ordered, line.cancelled, line.shipped, line.delivered])
            {
                builder.append_value(units);
            }
            for (builder, money) in self.amounts.iter_mut().zip(amounts) {
                builder.append_option(money.as_ref().and_then(millionths));
            }
        }
    }

    fn finish(&mut self) -> Result<RecordBatch> {
        let [channel, id, phase, line_id, sku, title, currency] = &mut self.texts;
        let [ordered, cancelled, shipped, delivered] = &mut self.units;
        let [goods, charges, tax] = &mut self.amounts;
        batch(vec![
            ("channel", array(channel.finish()), false),
            ("channel_order_id", array(id.finish()), false),
            ("phase", array(phase.finish()), false),
            ("placed_at", array(self.placed_at.finish()), false),
            ("line_id", array(line_id.finish()), false),
            ("sku", array(sku.finish()), true),
            ("title", array(title.finish()), false),
            ("ordered", array(ordered.finish()), false),
            ("cancelled", array(cancelled.finish()), false),
            ("shipped", array(shipped.finish()), false),
            ("delivered", array(delivered.finish()), false),
            ("goods", array(goods.finish()), true),
            ("charges", array(charges.finish()), true),
            ("tax", array(tax.finish()), true),
            ("currency", array(currency.finish()), true),
        ])
    }
}

/// Reads a table by its name, counting orders as they are read.
pub(crate) async fn read(
    engine: &Engine,
    name: &str,
    chosen: &Chosen,
    counted: Arc<AtomicU64>,
) -> Result<Table> {
    match name {
        "orders_table" => {
            let mut gathered = Gathered::<OrderColumns>::new(counted);
            tables::rows(engine, chosen, |rows| gathered.take(&rows)).await?;
            gathered.table()
        }
        "lines_table" => {
            let mut gathered = Gathered::<LineColumns>::new(counted);
            tables::states(engine, chosen, |states| gathered.take(&states)).await?;
            gathered.table()
        }
        other => Err(unwritable(format!("there is no table {other:?}"))),
    }
}
