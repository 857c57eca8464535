"""The variants of the analysis, and what they change. No rules: this is what others ask for."""

from stemlens.workflow.variants import changes_activations, other_variants

VARIANTS = other_variants(config)
FOLDERS_OF_VARIANTS = {"as_configured": ""} | {
    name: f"variants/{name}/" if changes_activations(config, other) else ""
    for name, other in VARIANTS.items()
}


def of_variant(section):
    """Param: a section of the config, in a variant of the analysis with the variant's change."""

    def settings(wildcards):
        name = wildcards.variant.removeprefix("variants/").removesuffix("/")
        return VARIANTS.get(name, config)[section]

    return settings


def variant_files(pattern, ending="", **parts):
    """Input: for each variant of the analysis, a file for each network that is studied."""
    return {
        name
        + ending: per_studied_model(
            pattern.replace("{variant}", folder), training="trained", **parts
        )
        for name, folder in FOLDERS_OF_VARIANTS.items()
    }
