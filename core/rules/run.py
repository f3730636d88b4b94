"""All rules of a policy over a register."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..findings import Verdicts, concat
from .binding import Binding, bind, bindings
from .scene import Scene


def rule_findings(
    scene: Scene,
    *,
    families: Iterable[str] | None = None,
    subjects: Iterable[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Verdicts:
    """What the rules of the scene's policy find.

    Args:
        families, subjects: only rules of these families, or that speak of these roles; all when left out.
        progress: told the share done after each rule; may raise ``Cancelled``.

    Raises:
        OverdraftError: the policy binds a rule wrongly.
    """
    families = None if families is None else set(families)
    wanted = None if subjects is None else set(subjects)

    def asked(binding: Binding) -> bool:
        of_family = families is None or binding.rule.family in families
        return of_family and (wanted is None or bool(wanted & set(binding.rule.subjects)))

    chosen = [binding for binding in bindings(scene.policy) if asked(binding)]
    switched_off = [bind(scene.policy, use) for use in scene.policy.off]
    found = [one.cannot("rules.switched_off", wanted="none") for one in switched_off if asked(one)]
    for done, binding in enumerate(chosen):
        found.append(findings_of(scene, binding))
        if progress is not None:
            progress((done + 1) / len(chosen))
    return concat(found)


def findings_of(scene: Scene, binding: Binding) -> Verdicts:
    """One rule: run, or the reason why it cannot be. No bound clause is passed over in silence."""
    for role in binding.rule.needs:
        if not scene.has(role):
            return binding.cannot("rules.role_missing", role=role)
    if binding.missing:
        name = binding.missing[0]
        key = binding.keys.get(name)
        if key is None:
            return binding.cannot("rules.parameter_missing", parameter=name)
        setting = binding.policy.setting(key)
        return binding.cannot(
            "rules.value_missing", setting=key, label=f"{setting.label_zh} · {setting.label_en}"
        )
    found = binding.rule.run(scene, binding)
    return found if len(found.counts) else binding.cannot("rules.nothing_to_judge")
