//! Orders about numbers: giving them, following them until they are over, and what makes sure of them.

mod terms;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::numbers::{
    self, AssignNumber, EnsuredNumber, MovedNumber, NumberResult, NumberType, OperationId,
    OperationReport, OperationStatus, Outcome, UnassignNumber,
};
use teams_phone::poll::PollPolicy;
use teams_phone::users::UserRef;
use teams_phone::{Error, ObjectId, RequestOptions};

use self::terms::{Terms, poll_policy};
use super::numbers::Judged;
use crate::args::{one_of, options, parse};
use crate::call::Call;
use crate::client::GraphClient;
use crate::convert::{Value, models, text};
use crate::errors::raise;
use crate::fork::PerProcess;

text!(OperationId, OperationStatus);

models! { "teams_phone.models.numbers":
    NumberResult => NumberResult { telephone_number, number_id, status, status_detail }
    OperationReport => OperationReport { id, status, created_date_time, numbers } + { outcome, error }
    EnsuredNumber => EnsuredNumber { number, changed, operation }
    MovedNumber => MovedNumber { from, number, changed, operations }
}

impl Value for Outcome {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let word = match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            _ => "failed",
        };
        word.into_python(py)
    }
}

impl Judged for OperationReport {
    fn error(&self) -> Option<Error> {
        self.clone().into_result().err()
    }
}

/// Tells a request that assigns what the terms say.
macro_rules! told {
    ($request:expr, $terms:ident) => {{
        let mut request = $request.poll_policy($terms.poll).options($terms.options);
        if let Some(category) = $terms.category {
            request = request.assignment_category(category);
        }
        if let Some(location) = $terms.location {
            request = request.location_id(location);
        }
        request
    }};
}

/// The same for a request that checks before it assigns.
macro_rules! told_and_checked {
    ($request:expr, $terms:ident) => {{
        let mut request = $request;
        for check in $terms.skip {
            request = request.skip(check);
        }
        told!(request, $terms)
    }};
}

/// An order that the service took.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Operation {
    id: Option<OperationId>,
    text: String,
    kept: PerProcess<numbers::Operation>,
    poll: PollPolicy,
    options: RequestOptions,
}

impl Operation {
    fn new(operation: numbers::Operation, poll: PollPolicy, options: RequestOptions) -> Self {
        let (id, text) = (operation.id().cloned(), operation.to_string());
        let kept = PerProcess::new();
        let kept_now: Result<_, Error> = kept.get(|| Ok(operation));
        drop(kept_now);
        Self {
            id,
            text,
            kept,
            poll,
            options,
        }
    }

    /// The order as this process follows it; a forked child has nothing but the id.
    fn follow(
        &self,
        py: Python<'_>,
        client: &GraphClient,
        policy: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<numbers::Operation> {
        let client = client.client(py)?;
        let resumed = || match &self.id {
            Some(id) => {
                let operation = client.numbers().operation(id);
                Ok(operation
                    .poll_policy(self.poll)
                    .options(self.options.clone()))
            }
            None => Err(Error::config(
                "the order was given by the process that this one was forked from, and its id was lost; read the number to see what became of it",
            )),
        };
        let mut operation = self.kept.get(resumed).map_err(|error| raise(py, error))?;
        if let Some(policy) = policy {
            operation = operation.poll_policy(poll_policy(policy)?);
        }
        if options_.is_some() {
            operation = operation.options(options(options_)?);
        }
        Ok(operation)
    }
}

#[pymethods]
impl Operation {
    /// The id to go on with later, if it was not lost.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.id.as_ref().map(OperationId::as_str)
    }

    fn __str__(&self) -> &str {
        &self.text
    }
}

/// An order that was given just now.
struct Started(numbers::Operation, PollPolicy, RequestOptions);

impl Value for Started {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Operation::new(self.0, self.1, self.2).into_python(py)
    }
}

impl Value for Operation {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(Bound::new(py, self)?.into_any())
    }
}

fn kind(py: Python<'_>, text: &str) -> PyResult<NumberType> {
    one_of(py, "number_type", text, NumberType::KNOWN)
}

impl GraphClient {
    fn assign(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        number_type: &str,
        terms: Terms,
    ) -> PyResult<AssignNumber> {
        let target: ObjectId = parse(py, target)?;
        let (number, kind) = (parse(py, number)?, kind(py, number_type)?);
        let assign = self.client(py)?.numbers().assign(&number, &target, kind);
        let assign = assign.confirm(terms.confirm);
        Ok(told!(assign, terms))
    }

    fn unassign(
        &self,
        py: Python<'_>,
        number: &str,
        number_type: &str,
        terms: Terms,
    ) -> PyResult<UnassignNumber> {
        let (number, kind) = (parse(py, number)?, kind(py, number_type)?);
        let unassign = self.client(py)?.numbers().unassign(&number, kind);
        let unassign = unassign
            .confirm(terms.confirm)
            .poll_policy(terms.poll)
            .options(terms.options);
        Ok(match terms.held_by {
            Some(holder) => unassign.held_by(&holder),
            None => unassign,
        })
    }
}

#[pymethods]
impl GraphClient {
    #[pyo3(signature = (number, target, number_type, terms, options_=None))]
    fn numbers_assign(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        number_type: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let terms = Terms::read(terms, options_)?;
        Ok(Call::other(self.assign(
            py,
            number,
            target,
            number_type,
            terms,
        )?))
    }

    #[pyo3(signature = (number, target, number_type, terms, options_=None))]
    fn numbers_start_assign(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        number_type: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let terms = Terms::read(terms, options_)?;
        let (poll, options) = (terms.poll, terms.options.clone());
        let assign = self.assign(py, number, target, number_type, terms)?;
        let start = async move { Ok(Started(assign.start().await?, poll, options)) };
        Ok(Call::other(start))
    }

    #[pyo3(signature = (number, number_type, terms, options_=None))]
    fn numbers_unassign(
        &self,
        py: Python<'_>,
        number: &str,
        number_type: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let terms = Terms::read(terms, options_)?;
        Ok(Call::other(self.unassign(
            py,
            number,
            number_type,
            terms,
        )?))
    }

    #[pyo3(signature = (number, number_type, terms, options_=None))]
    fn numbers_start_unassign(
        &self,
        py: Python<'_>,
        number: &str,
        number_type: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let terms = Terms::read(terms, options_)?;
        let (poll, options) = (terms.poll, terms.options.clone());
        let unassign = self.unassign(py, number, number_type, terms)?;
        let start = async move { Ok(Started(unassign.start().await?, poll, options)) };
        Ok(Call::other(start))
    }

    #[pyo3(signature = (number, target, terms, options_=None))]
    fn numbers_ensure_assigned(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let target: UserRef = parse(py, target)?;
        let terms = Terms::read(terms, options_)?;
        let numbers = self.client(py)?.numbers();
        let ensure = numbers.ensure_assigned(&parse(py, number)?, target);
        Ok(Call::other(told_and_checked!(ensure, terms)))
    }

    #[pyo3(signature = (number, target, terms, options_=None))]
    fn numbers_move_to(
        &self,
        py: Python<'_>,
        number: &str,
        target: &str,
        terms: &Bound<'_, PyDict>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let target: UserRef = parse(py, target)?;
        let terms = Terms::read(terms, options_)?;
        let numbers = self.client(py)?.numbers();
        let moved = numbers.move_to(&parse(py, number)?, target);
        Ok(Call::other(told_and_checked!(moved, terms)))
    }

    /// An order that was given before; sends nothing.
    #[pyo3(signature = (id, policy=None, options_=None))]
    fn numbers_operation(
        &self,
        py: Python<'_>,
        id: &str,
        policy: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Operation> {
        let poll = policy.map(poll_policy).transpose()?.unwrap_or_default();
        let options = options(options_)?;
        let operation = self.client(py)?.numbers().operation(&parse(py, id)?);
        let operation = operation.poll_policy(poll).options(options.clone());
        Ok(Operation::new(operation, poll, options))
    }

    #[pyo3(signature = (operation, options_=None))]
    fn operation_poll(
        &self,
        py: Python<'_>,
        operation: &Operation,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let operation = operation.follow(py, self, None, options_)?;
        Ok(Call::other(async move { operation.poll().await }))
    }

    #[pyo3(signature = (operation, policy=None, options_=None))]
    fn operation_wait(
        &self,
        py: Python<'_>,
        operation: &Operation,
        policy: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let operation = operation.follow(py, self, policy, options_)?;
        Ok(Call::other(async move { operation.wait().await }))
    }

    #[pyo3(signature = (operation, policy=None, options_=None))]
    fn operation_result(
        &self,
        py: Python<'_>,
        operation: &Operation,
        policy: Option<&Bound<'_, PyAny>>,
        options_: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Call> {
        let operation = operation.follow(py, self, policy, options_)?;
        let result = async move { operation.wait().await?.into_result() };
        Ok(Call::other(result))
    }
}
