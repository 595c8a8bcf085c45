"""What a shell, a database or a server does at once when it is typed. Data only."""

from router.core.stakes.rule import Rule, typed

COMMANDS: tuple[Rule, ...] = (
    typed(
        "destructive.shell_command", "rm rmdir del rd rimraf srm", "rf fr r f force recursive recurse s q tmp var", 4
    ),
    typed("destructive.shell_command", "remove", "recurse force", 7),
    typed(
        "destructive.shell_command",
        "stop restart remove clear disable uninstall",
        "computer computername netadapter localuser adaccount aduser eventlog",
        1,
    ),
    typed("destructive.shell_command", "format", "c d", 1),
    typed(
        "destructive.shell_command",
        "mkfs wipefs fdisk sgdisk parted shred dd blkdiscard",
        "dev ext0 xfs if u sda disk of n f",
        4,
    ),
    typed(
        "destructive.shell_command",
        "kubectl helm oc k0s",
        "delete uninstall drain scale apply rollout cordon replace",
        4,
    ),
    typed("destructive.shell_command", "terraform tofu terragrunt pulumi cdk", "destroy apply up", 4),
    typed("destructive.shell_command", "docker podman nerdctl compose", "prune rm rmi kill volumes", 4),
    typed(
        "destructive.shell_command",
        "aws gcloud az gsutil doctl heroku flyctl",
        "rm rb terminate delete purge remove destroy",
        6,
    ),
    typed("destructive.shell_command", "vault consul nomad etcdctl", "delete destroy purge stop", 3),
    typed("destructive.shell_command", "find", "delete exec", 12),
    typed("destructive.shell_command", "xargs", "rm kill", 3),
    typed("destructive.shell_command", "rsync", "delete", 6),
    typed("destructive.shell_command", "flushall flushdb dropdatabase", "", 1),
    typed("destructive.shell_command", "crontab", "r", 2),
    typed(
        "destructive.shell_command", "systemctl service launchctl", "stop disable mask kill restart unload reboot", 3
    ),
    typed("destructive.shell_command", "kill pkill killall", "0 00 f hup java", 1),
    typed("destructive.shell_command", "shutdown init", "h now r", 2),
    typed("destructive.shell_command", "mv cp cat tee truncate", "null", 8),
    typed("destructive.shell_command", ">", "etc dev var boot usr proc sys root home bin", 1),
    typed(
        "destructive.shell_command",
        "userdel groupdel lvremove vgremove zfs zpool dropdb dropuser deluser",
        "r f destroy x h u",
        3,
    ),
    typed("destructive.shell_command", "lvremove vgremove dropdb userdel", "", 1),
    typed("destructive.shell_command", "curl wget", "bash sh zsh sudo", 14),
    typed("destructive.http_delete", "curl", "delete", 6),
    typed("destructive.http_delete", "delete", "v0 api https", 2),
    typed("destructive.http_call", "post put patch", "v0", 2),
    typed("destructive.shell_command", "net", "user localgroup stop", 1),
    typed("destructive.shell_command", "sc", "stop delete config", 1),
    typed("destructive.force_push", "stash", "drop clear", 1),
    typed("destructive.force_push", "push", "force f hard delete mirror", 4),
    typed("destructive.force_push", "force", "push pushes pushed", 2),
    typed("destructive.force_push", "git", "force hard fdx fd mirror prune", 4),
    typed("destructive.database_command", "delete", "from", 1),
    typed("destructive.database_command", "truncate drop", "table database schema column user role index view", 1),
    typed("destructive.database_command", "truncate drop", "cascade restrict", 4),
    typed("destructive.database_command", "insert", "values", 14),
    typed("destructive.database_command", "grant revoke", "on", 4),
    typed("destructive.database_command", "update", "set", 3),
    typed("destructive.database_command", "alter", "table database role user system", 1),
    typed("destructive.database_command", "deletemany deleteone updatemany", "", 1),
    typed("security.shell_command", "chmod chown", "000 0000 r", 3),
    typed("security.shell_command", "iptables ufw setenforce", "f flush disable 0 reset", 3),
)
