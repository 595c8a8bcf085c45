"""The dashboards as code: what `helm/tandem/dashboards` is made of. `python -m helm.boards` makes it."""
