"""The schema of the chart's values: `values.yaml` here says what the chart knows, and the router's own settings say
what it passes on. `python -m helm.values_schema` makes `helm/tandem/values.schema.json` of both."""
