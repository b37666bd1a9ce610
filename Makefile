# Formcast: everything a fresh machine needs to build, test and see the main job run.
# A Swift toolchain is assumed; `make bootstrap` fetches the rest and is a part of every other target.
.PHONY: demo test build bench docs lint bootstrap clean

SWIFT := scripts/swift
RELEASE := -c release

demo: build
	./formcast demo

build: bootstrap
	$(SWIFT) build $(RELEASE) --product formcast

# Layers choose by the model alone, so that every machine tests the same choices and none is measured or remembered.
test: export FORMCAST_CONVOLUTION ?= model
test: build
	$(SWIFT) test $(RELEASE) --disable-testable-imports

bench: build
	./formcast bench

docs: bootstrap
	scripts/check-docs

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

bootstrap:
	@scripts/bootstrap

clean:
	rm -rf .build
