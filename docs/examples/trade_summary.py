"""The complete example: a server, a client that creates a table over IPC, and the total value per symbol.

python docs/examples/trade_summary.py             starts a server of its own on a free loopback port
python docs/examples/trade_summary.py HOST:PORT   uses a running one
"""

import sys

import rayforce as rf


def run(conn: rf.Connection) -> None:
    print("Connected to", conn.address)
    print("Server version:", conn.execute("(version)"))
    conn.execute("""
        (set trades (table [sym price qty]
            (list [AAPL MSFT AAPL]
                  [150.0 300.0 151.0]
                  [100 50 200])))
    """)
    summary = conn.execute("(select {total: (sum (* price qty)) from: trades by: sym})")
    print("Trade summary:")
    print(summary)
    for row in summary:
        print(row["sym"], row["total"])


def main() -> None:
    if len(sys.argv) > 1:
        with rf.hopen(sys.argv[1]) as conn:
            run(conn)
        return
    with rf.Rayforce() as ray, ray.listen(0) as server, rf.hopen("localhost", server.port) as conn:
        run(conn)
        print("Connection closed")


if __name__ == "__main__":
    main()
