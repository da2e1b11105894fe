//! Owns the list of rules and the choice of the one that meets a request.
//! Refuses to act on it.

use crate::{
    graph,
    operation::{Operation, OperationName},
    request::Received,
};

use super::{Action, Fault};

/// The rules of a running emulator, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    next_id: u64,
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    id: u64,
    fault: Fault,
    seen: u64,
    met: u64,
}

/// A rule as the admin route shows it.
pub(crate) struct Shown {
    pub(crate) id: u64,
    pub(crate) met: u64,
    pub(crate) fault: Fault,
}

impl Rules {
    /// Adds a rule after the ones there are.
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.next_id += 1;
        self.active.push(Active {
            id: self.next_id,
            fault,
            seen: 0,
            met: 0,
        });
        self.next_id
    }

    pub(crate) fn clear(&mut self) {
        self.active.clear();
    }

    pub(crate) fn list(&self) -> Vec<Shown> {
        self.active
            .iter()
            .map(|a| Shown {
                id: a.id,
                met: a.met,
                fault: a.fault.clone(),
            })
            .collect()
    }

    /// The first rule that meets the request; counts it as met.
    pub(crate) fn take(
        &mut self,
        request: &Received,
        operation: Option<OperationName>,
    ) -> Option<(u64, Fault)> {
        self.active.iter_mut().find_map(|active| {
            if !active.fault.fits(request, operation) || active.is_spent() {
                return None;
            }
            active.seen += 1;
            if active.seen <= active.fault.skip {
                return None;
            }
            active.met += 1;
            Some((active.id, active.fault.clone()))
        })
    }
}

impl Active {
    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.met >= times)
    }
}

impl Fault {
    /// Why the fault cannot be acted on, if so: an operation id that is none, a status that is no final answer.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if let Some(id) = &self.matching.operation
            && !Operation::ALL
                .iter()
                .map(|operation| OperationName::from(*operation))
                .chain(graph::operations())
                .any(|operation| operation.is(id))
        {
            return Some(format!("match.operation `{id}` is not an operation id"));
        }
        let status = match self.action {
            Action::Respond { status, .. } | Action::Html { status } | Action::Empty { status } => {
                status
            }
            _ => return None,
        };
        // 1xx is no final answer; hyper would refuse to send it.
        (!(200..=999).contains(&status))
            .then(|| format!("action.status {status} is not a status from 200 to 999"))
    }

    fn fits(&self, request: &Received, operation: Option<OperationName>) -> bool {
        let wanted = &self.matching;
        wanted
            .method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(request.method.as_str()))
            && wanted
                .path
                .as_ref()
                .is_none_or(|glob| glob_fits(glob.as_bytes(), request.path().as_bytes()))
            && wanted
                .operation
                .as_ref()
                .is_none_or(|id| operation.is_some_and(|known| known.is(id)))
    }
}

/// `*` fits any run without `/`, `**` any run; everything else fits itself. Runs in glob length times text length.
pub(super) fn glob_fits(glob: &[u8], text: &[u8]) -> bool {
    // fits[i]: the part of the glob read so far fits the first i bytes of the text.
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    let mut rest = glob;
    while let Some((&first, tail)) = rest.split_first() {
        let star = first == b'*';
        let double = star && tail.first() == Some(&b'*');
        rest = if double { &tail[1..] } else { tail };
        let before = fits.clone();
        for end in 0..=text.len() {
            let previous = end.checked_sub(1);
            fits[end] = if star {
                before[end] || previous.is_some_and(|at| fits[at] && (double || text[at] != b'/'))
            } else {
                previous.is_some_and(|at| before[at] && text[at] == first)
            };
        }
    }
    fits[text.len()]
}
