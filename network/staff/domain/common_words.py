"""The words that passwords are made of first: in English, in Persian as it is typed, and of this house."""

_TEXT = """
abc abcd access account accounting admin administrator ahvaz alex alexander ali alireza all always amanda amazon amir
amirali and andrew android angel anna anthony anything apple april arash are arsenal asdf asdfgh asheghetam ashley
audi august autumn azerty azizam baby babygirl bad banana bank banking barcelona baseball basketball batman battery
bear beer behnam believe best big black blue bmw bonus boss boy brother bunny burger business butterfly can cash
cashier cat champion change changeme charlie cheese chelsea cherry chicken chocolate chris christ cisco city coalition
code coffee company computer cookie corporate correct cricket crystal customer daddy dance daniel database david
davood december default demo devil diamond dog dolphin dooset doostat dorood dragon dream dreams dustet eagle earth
edc eight email employee enterprise esfahan eshgh eshghe esteghlal everything example facebook faith falcon fall
family farsi fatemeh father february ferrari finance fire first five flower football for forest forever four freedom
friday friend friends game gamer games garden geheim george girl gmail god gold golden golf good goodbye
google green guest guitar hacker hamid hannah hasan hassan heaven hell hello hockey honda honey hope horse hosein
hossein hotmail how hundred hunter ice iloveyou instagram internet invoice iphone iran isfahan james january jennifer
jessica jesus john jordan joshua july june justice juventus kamran karaj karbar key keyboard keys khoda khodaya killer
king kitty laleh last leila lemon letmein liberty lily linux lion liverpool login logon love lovely loveyou loyalty
lucky madrid magic mahdi mail majid mama manager manchester march maria market martin maryam mashhad masoud master
matrix matthew max may mehdi member members mercedes metal michael michelle microsoft million mina mobile modir
mohamad mohammad mohammadreza mohammed mommy monday money monkey moon morning mother mountain music navid nazanin
netflix network never new nicole night nima nine ninja not nothing november number obor ocean october office old omid
one onetwothree open opensesame operator oracle orange our outlook p4ssword panda papa partner partners party pass
passcode passphrase passw0rd passwd password passwort patrick payment payvand peace pearl pepper persepolis persia
persian peter peyvand phone piano pikachu pin pirate pizza play player points pokemon porsche power prince princess
private puppy purple pvnd qaz qazwsx qom queen qwer qwerty qwertz racing rain ramz ramzeobor ranger rasht red reward
rewards reza richard river robert rock root rose ruby saeed salam sam samira sample samsung samurai sara satan
saturday sea second secret secretly secure security september server sesame settlement seven shadow shark she shiraz
shop siavash signin silver sister six sky small snake snow soccer something song spiderman spring staff staple
star stars starwars steven store storm sugar summer sun sunday sunshine superman superuser sysadmin system tabriz tea
team tehran telegram ten tennis test tester testing that the third this thomas thousand three thunder thursday tiger
till today token tomorrow toyota tractor treasury tree trust trustno1 tuesday twitter two ubuntu united user warrior
was water wednesday weekend welcome what whatever whatsapp when where whiskey white who why will william wind windows
wine winner winter with wolf work worker wsx xyz yahoo yellow yes you your youtube zahra zero zxcv zxcvbn
"""

COMMON_WORDS = frozenset(_TEXT.split())
