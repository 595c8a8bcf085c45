"""Words of danger to people, and of attacks on computers, from general knowledge. Data only.

A noun stands in the singular; `topics` adds its plural. What schools teach of both (acid, voltage, encryption) is plain
or faint.
"""

from typing import Final

DANGER_STRONG: Final = """
    asbestos asphyxiation carjack electrocute electrocuted electrocution explosives firearm gunshot handgun
    kidnapped meth methamphetamine molestation molested overdosing poisoned raped rapist selfharm strangle strangled
    suffocate suffocation suicidal suicide
"""
DANGER_PLAIN: Final = """
    abducted abuse abused abuser abusive airbag ammunition bleach bomb brake breaker carbon chainsaw choke detector
    detonate drown drowned drowning explosion explosive extinguisher flammable fume gasoline grenade gun hazard
    hazardous hotline intruder ladder loaded lye monoxide pesticide poison poisonous propane rape rifle scaffold
    scaffolding seatbelt smoke solvent stabbed stalked stalker swallowed threaten threatened threatening unattended
    unsafe violence violent weapon wiring
"""
DANGER_FAINT: Final = """
    acid alarm alone attack baby basement bigger boiler burn burned chemical child children circuit danger dangerous
    die dying electric electrical emergency escape fire gas harm heater helmet hurt hurting install kid kill knife
    leak leaking lift mix mixing outlet panel roof safe safely safety scared shock smell socket suffering toddler
    toxic trapped tripping volt voltage
"""

ATTACK_STRONG: Final = """
    backdoor botnet clickjacking cryptojacking csrf cve ddos exfiltrate exfiltrated exfiltration infosec keylogger
    malware metasploit mimikatz owasp pentest pentester pentesting phished phishing ransomware rootkit siem smishing
    spearphishing spyware sqli ssrf vishing vulnerability xss zeroday
"""
ATTACK_PLAIN: Final = """
    antivirus attacker authentication authenticator breach breached compromised credential cyber cyberattack
    cybersecurity decrypt exploit exploited exploiting firewall hacked hacker hacking hijack hijacked iam leaked
    login mfa oauth passphrase password penetration privilege secrets spoofed spoofing sso sudo tls token trojan
    unpatched vpn vulnerable worm
"""
ATTACK_FAINT: Final = """
    access account admin administrator attack bypass certificate cloud computer configuration disclosure email
    encrypt encrypted encryption endpoint incident injection kernel key laptop link lock mitigate network patch
    permission port production protect reset root secure security server session suspicious system unauthorized user
    website wifi
"""
