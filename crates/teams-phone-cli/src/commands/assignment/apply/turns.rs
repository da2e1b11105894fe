//! Owns the order of rows about the same assignment; keeps no more of them than are under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

use super::row::Place;

type Gates = Arc<Mutex<HashMap<Place, Arc<Gate<()>>>>>;

/// Hands out turns.
#[derive(Clone, Default)]
pub(super) struct Turns(Gates);

/// A place in the queue for an assignment; gives it up when dropped.
pub(super) struct Turn {
    gates: Gates,
    place: Place,
    gate: Arc<Gate<()>>,
}

impl Turns {
    /// Takes the next turn.
    pub(super) fn take(&self, place: &Place) -> Turn {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(place.clone()).or_default().clone();
        Turn {
            gates: self.0.clone(),
            place: place.clone(),
            gate,
        }
    }
}

impl Turn {
    /// Waits until the turns taken before are over, provided that they were waited for before.
    pub(super) async fn come(&self) -> OwnedMutexGuard<()> {
        self.gate.clone().lock_owned().await
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        // This turn's and the map's: nobody else is in the queue. The guard's is gone by now.
        if Arc::strong_count(&self.gate) <= 2 {
            gates.remove(&self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(object: &str) -> Place {
        let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
        (tenant.parse().unwrap(), object.parse().unwrap())
    }

    #[tokio::test]
    async fn one_at_a_time_per_assignment_and_nothing_is_kept() {
        let turns = Turns::default();
        let here = place("e5b7f628-ea94-4fdc-b3d9-1af1fe231111");
        let there = place("0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e");
        let (first, second, other) = (turns.take(&here), turns.take(&here), turns.take(&there));
        let mine = first.come().await;
        assert!(second.gate.try_lock().is_err());
        drop(other.come().await);
        drop(mine);
        drop(first);
        drop(second.come().await);
        drop(second);
        drop(other);
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
