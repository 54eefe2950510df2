# Thin: fetches libduckdb once, then cargo does the work.

export CARGO_TARGET_DIR ?= $(HOME)/.cache/deskferry/target

.PHONY: libduckdb build test endurance fuzz demo lint fmt

build: libduckdb
	cargo build --locked

test: libduckdb
	cargo test --locked

# Every crash point and every random moment, not a sample of them. It takes hours.
endurance: libduckdb
	ENDURANCE=full cargo test --locked --test integration -- endurance:: faults:: privacy:: --nocapture --test-threads 1

# A million inputs of each kind for the reader, of another seed with FUZZ_SEED. It takes hours.
fuzz: export FUZZ_INPUTS ?= 1000000
fuzz: libduckdb
	CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo test --locked --test fuzz -- --nocapture --test-threads 1

demo: libduckdb
	cargo run --locked --quiet -- demo

lint: libduckdb
	cargo fmt --check
	cargo clippy --locked --all-targets -- --deny warnings

fmt: libduckdb
	cargo fmt

libduckdb:
	@.ci/libduckdb.sh
