"""Proofs that a running shop keeps its promises: buyers, kills, and a truth read with SQL."""
