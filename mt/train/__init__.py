"""From corpora to a Marian model: recipe, cleaning, tokenizer, batches, loop, export."""
