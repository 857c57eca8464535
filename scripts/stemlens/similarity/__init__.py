"""How similar the activations of two stimuli are, in the sample and in replicates."""
