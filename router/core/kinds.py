"""The kinds that requests are sorted into: tasks, and the domains of stakes. Names only."""

from typing import Final

LEARNED_TASKS: Final = (
    "reading_qa",
    "science_qa",
    "commonsense",
    "multi_hop",
    "summarise",
    "classification",
    "generation",
    "competition_maths",
    "code_execution",
    "knowledge_quiz",
)
"""The tasks that are learned from data, in the order of the classifier's heads."""

NAMED_TASKS: Final = ("rewrite", "translation", "extraction", "code_generation", "code_edit", "tool_use", "chat")
"""The tasks that are told by named rules; those also tell `generation`."""

TASKS: Final = (*LEARNED_TASKS, *NAMED_TASKS)

LEARNED_DOMAINS: Final = ("medical", "legal", "financial")
"""The domains of stakes that are learned from data, in the order of the classifier's heads."""

STAKES_DOMAINS: Final = (*LEARNED_DOMAINS, "safety", "security", "destructive")
"""What may make a wrong answer costly."""

SIGNALS_THAT_ABSTAIN: Final = ("stakes", "difficulty", "task", "answer_tokens")
"""The signals that may have no opinion on a request."""
