"""How good a translation is against references, whether another is really better, and where it is bad."""

# Here, where they cost no import, for the command line.
METRICS = ("BLEU", "chrF2", "chrF2++", "TER")
# A metric that a network computes, and the name of the weights that it is asked for.
NEURAL = "COMET"
COMET_MODEL = "wmt22-comet-da"
