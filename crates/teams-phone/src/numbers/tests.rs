//! The calls about numbers against the emulator.
