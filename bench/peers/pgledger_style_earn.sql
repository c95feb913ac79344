\set p random(1, :partners)
\set w random(1, :wallets)
SELECT peer.transfer(:p, 1000 + :w, 10);
