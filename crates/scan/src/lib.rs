//! Inputs to assets and findings.
