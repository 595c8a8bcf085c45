"""The verbs of deeds, by how much else it takes to make one. Data only."""

from router.core.stakes.rule import words_of

DESTROY = words_of(
    """
    annihilate decommission delete demolish deprovision destroy eradicate erase expunge incinerate nuke obliterate
    overwrite purge reformat repartition shred truncate undeploy uninstall unlink unpublish vaporise vaporize wipe
    zap
"""
)
"""What is hardly said of anything harmless, so that any object will do."""

END_IT = words_of(
    """
    axe bin cancel chuck clear cull deactivate decline discard ditch drop dump empty evict expel expire factory
    flush invalidate kill prune retire revoke scrap scrub terminate toss trash void withdraw yank annul rescind
    dissolve bounce
"""
)
"""What takes an object that somebody points at."""

STOP = words_of(
    """
    abort disable disarm disconnect drain halt hibernate isolate pause poweroff reboot restart shutdown stop suspend
    throttle unplug quarantine offboard detach deregister unregister cordon fence
"""
)
MONEY_MOVES = words_of(
    """
    advance approve authorise authorize bid bill book borrow buy charge collect credit debit deposit disburse donate
    exercise fund give invest invoice issue lend liquidate move offer pay pledge process purchase rebalance refund
    reimburse release remit rent repay reserve reverse sell send settle short stake swap submit tip top trade
    transfer wager waive wire withdraw payout payoff loan hedge cash run split raise
"""
)
PRICES = words_of(
    """
    adjust bump change cut decrease discount double drop halve increase knock lower raise reduce set slash
"""
)
ACCESS = words_of(
    """
    add allow appoint assign bypass change delegate demote disable downgrade elevate enable escalate expose give
    grant impersonate invite let make open promote provision reassign remove reset restore revoke set share strip
    turn unblock unlock update upgrade whitelist override weaken relax crack put
"""
)
SECRETS = words_of(
    """
    change commit copy crack decrypt dump email expose export guess leak mail paste post print publish read
    regenerate reissue reset reveal rotate send share show steal store text tell destroy upload hand dig
"""
)
SPEAK = words_of(
    """
    alert announce blast broadcast email fire inform invite mail message notify ping post publish release reply send
    share sms spam submit tell text tweet upload
"""
)
TREAT = words_of(
    """
    administer bolus bump change decrease discharge discontinue dispense double enter give hang increase infuse
    inject lower order prescribe push put raise reduce refill renew restart resume send set start stop switch taper
    titrate transfuse adjust
"""
)
BIND = words_of(
    """
    accept agree approve countersign decline enter evict execute file initiate lodge notarise notarize plead reject
    renew revoke serve settle sign submit subpoena sue terminate waive withdraw backdate alter forge send deliver
    issue cancel
"""
)
OPERATE = words_of(
    """
    accelerate activate adjust arm close cut disable discharge drain drive enable engage extend fire flash flip home
    increase jog launch lift lock lower move open override power pressurise pressurize pump raise ramp reduce reset
    release restart retract reverse run set shut spin start steer stop switch trip turn unlatch unlock vent send
    land spray climb evacuate sound
"""
)
CHANGE = words_of(
    """
    alter archive change close configure cut deploy disable downgrade edit enable execute export fail flip force
    forward freeze hotfix import install launch lock mark merge migrate modify move offboard onboard patch point
    promote publish purge push reassign rebase redeploy redirect relaunch release rename replace repoint reset
    resize restore resume revert roll rollback rollout run scale set ship split start swap switch sync toggle
    transfer trigger turn unfreeze unsubscribe update upgrade
"""
)
PEOPLE_ENDS = words_of(
    "ban block boot close dismiss evict expel fire freeze kick lock mute reject sack suspend offboard"
)
SWEEPING = words_of(
    """
    accept approve archive ban block bump change close cut decline decrease deny disable discount double downgrade
    enable export flip forward freeze halt increase invalidate knock lock lower mark merge mute notify pause publish
    raise reassign reboot redirect reduce refund reject release replace reset restart restore revert roll sell set
    stop suspend transfer unlock unsubscribe update upgrade email text message
"""
)
"""What weighs when it is done to everything at once."""

DONE = words_of(
    """
    deleted erased wiped purged truncated destroyed obliterated nuked shredded expunged unlinked scrubbed trashed
    decommissioned uninstalled overwritten discarded emptied flushed cleared removed pruned gone dropped cancelled
    canceled terminated killed revoked deactivated stopped shut rebooted restarted halted suspended drained closed
    banned blocked deployed released shipped migrated upgraded transferred wired paid refunded disabled bypassed
    torn lose
"""
)

BEGIN = words_of(
    "authorise authorize begin commence complete continue execute initiate launch perform proceed schedule start"
)
OUTRIGHT = words_of("deploy disburse evict liquidate refund ship transfer wire")
"""What is asked to be begun, and verbs of which a pronoun is object enough."""
