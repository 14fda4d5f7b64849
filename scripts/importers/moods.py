"""The names of moods as scores from 1 (bad) to 5 (good)."""

NAMES = {
    "rad": 5, "awesome": 5, "amazing": 5, "great": 5, "excellent": 5, "very good": 5,
    "good": 4, "happy": 4, "calm": 4, "grateful": 4, "content": 4,
    "meh": 3, "okay": 3, "ok": 3, "neutral": 3, "average": 3, "tired": 3,
    "bad": 2, "sad": 2, "stressed": 2, "anxious": 2, "fugly": 2,
    "awful": 1, "horrible": 1, "terrible": 1, "angry": 1, "very bad": 1,
}


def score_of(name, own):
    """The score of a mood; `own` are the scores that the user gave. One that nobody knows ends the run."""
    folded = name.strip().casefold()
    score = own.get(folded, NAMES.get(folded))
    if score is None:
        raise ValueError(f'the mood "{name}" has no score: give one with --mood "{name}=1…5"')
    return score
