"""Write a proposal as a file that can be read in again: the blocks, the goals and where they stand."""

from goals.figures import written_number
from goals.models import Alignment, Goal, Mention
from proposals.exchange import GOAL, HEADING, LEFT_OUT, BlockRecord, PlanRecord
from proposals.models import Passage, Proposal
from proposals.models.places import Place


def record_of(proposal: Proposal, *, with_document: bool) -> PlanRecord:
    """Give the version of a proposal that applies, as a file has it."""
    plan_year, party = proposal.plan_year, proposal.party
    municipality = plan_year.committee.municipality
    document = proposal.document
    return PlanRecord(
        municipality=municipality.name,
        municipality_code=municipality.code,
        committee=plan_year.committee.name,
        year=plan_year.year,
        party=party.name,
        party_abbreviation=party.abbreviation,
        title=proposal.title,
        plan_version=proposal.version,
        document_name=document.name,
        document_sha256=document.sha256,
        document=bytes(document.content) if with_document else None,
        blocks=_blocks(proposal),
    )


def _blocks(proposal: Proposal) -> list[BlockRecord]:
    of_version = {"version": proposal.version}
    mentions: dict[int, list[Mention]] = {}
    for mention in Mention.objects.filter(passage__proposal=proposal).select_related("issue__topic").order_by("pk"):
        mentions.setdefault(mention.passage_id, []).append(mention)
    alignments = {alignment.issue_id: alignment for alignment in Alignment.objects.filter(plan_year=proposal.plan_year)}
    goals = {goal.passage_id: goal for goal in proposal.goals.standing().select_related("issue__topic")}
    placed: list[tuple[int, BlockRecord]] = [
        (section.position, _record(section, HEADING, level=section.level))
        for section in proposal.sections.filter(**of_version)
    ]
    placed += [
        (left_out.position, _record(left_out, LEFT_OUT, reason=left_out.reason))
        for left_out in proposal.left_out.filter(**of_version)
    ]
    for passage in proposal.passages.filter(**of_version):
        goal = goals.get(passage.pk)
        block = _record(passage, passage.kind, rule=passage.rule, marks=passage.marks, sic=passage.sic)
        if goal:
            _tell_goal(block, goal, alignments.get(goal.issue_id or 0))
        else:
            spoken_of = [mention.issue for mention in mentions.get(passage.pk, ())]
            block.issues = [issue.name for issue in spoken_of]
            block.topics = [issue.topic.name for issue in spoken_of]
        placed.append((passage.position, block))
    return [block for _, block in sorted(placed, key=lambda pair: pair[0])]


def _record(place: Place, kind: str, **more: object) -> BlockRecord:
    return BlockRecord(
        kind_of_block=GOAL if kind == Passage.Kind.GOAL else kind,
        first_line=place.first_line,
        last_line=place.last_line,
        first_character=place.first_character,
        page=place.page,
        raw=place.raw,
        text=place.text,
        **more,  # type: ignore[arg-type]
    )


def _tell_goal(block: BlockRecord, goal: Goal, alignment: Alignment | None) -> None:
    block.number, block.kind = goal.number, goal.kind
    block.target_value = written_number(goal.target_value).replace(",", ".") if goal.target_value is not None else ""
    block.target_unit, block.target_bound = goal.target_unit, goal.target_bound
    block.frequency, block.responsible = goal.frequency, list(goal.responsible)
    block.due_year, block.due_words = goal.due_year, goal.due_words
    block.due_on = goal.due_on.isoformat() if goal.due_on else ""
    if goal.issue:
        block.issues, block.topics = [goal.issue.name], [goal.issue.topic.name]
    if alignment:
        block.relation, block.relation_reason = alignment.relation, alignment.reason
