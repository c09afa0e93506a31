"""The world: git, Kustomize, files, YAML. Only these modules touch it."""
