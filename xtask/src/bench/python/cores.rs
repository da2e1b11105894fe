//! Owns the cores that processes may run on: what is started while this thread keeps to one core does so too.

/// Lets this thread go everywhere again when it is dropped.
#[cfg(target_os = "linux")]
pub(super) struct Narrow(rustix::thread::CpuSet);

/// Keeps this thread, and what it starts, to the first of its cores.
#[cfg(target_os = "linux")]
pub(super) fn only_one() -> anyhow::Result<Narrow> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let all = sched_getaffinity(None)?;
    let mut one = CpuSet::new();
    if let Some(first) = (0..CpuSet::MAX_CPU).find(|&core| all.is_set(core)) {
        one.set(first);
    }
    sched_setaffinity(None, &one)?;
    Ok(Narrow(all))
}

#[cfg(target_os = "linux")]
impl Drop for Narrow {
    fn drop(&mut self) {
        // It was allowed to go there before.
        let _ = rustix::thread::sched_setaffinity(None, &self.0);
    }
}

/// Other systems have no such promise; there it is measured as the rest is.
#[cfg(not(target_os = "linux"))]
pub(super) fn only_one() -> anyhow::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    #[test]
    fn a_thread_keeps_to_one_core_for_a_while() {
        let before = sched_getaffinity(None).unwrap();
        let narrow = super::only_one().unwrap();
        assert_eq!(sched_getaffinity(None).unwrap().count(), 1);
        drop(narrow);
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }
}
