"""Claim: FLAPDecoder keeps up with a 100 Mbit/s link (README, "Speed").

Decodes 20,000 frames of 100 payload bytes, delivered in 1460-byte reads, as a full
Ethernet segment brings them; and the same one byte at a time. 100 Mbit/s are 12.5 MB/s.

Run: python -m tools.bench.flap_decode
"""

import sys
from time import perf_counter

from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file

FRAMES = 20_000
FRAMES_SMOKE = 200
PAYLOAD = 100
SEGMENT = 1460

RATE = Metric("1460-byte reads", "MB/s", "more")
DRIP = Metric("1-byte reads", "MB/s", "more")


def decode_rate(frames: int, read: int) -> float:
    """Return MB/s for a stream of frames that comes in reads of some bytes."""
    from Kamaelia.Protocol.AIM.wire.flap import FLAPDecoder, FLAPFrame

    payloads = [number.to_bytes(4, "big") * (PAYLOAD // 4) for number in range(frames)]
    stream = b"".join(
        FLAPFrame(2, number & 0xFFFF, payload).to_bytes()
        for number, payload in enumerate(payloads)
    )
    pieces = [stream[at : at + read] for at in range(0, len(stream), read)]
    decoder = FLAPDecoder()
    heard: list[FLAPFrame] = []
    start = perf_counter()
    for piece in pieces:
        decoder.receive_data(piece)
        heard += decoder.frames()
    seconds = perf_counter() - start
    assert [frame.payload for frame in heard] == payloads, "frames decoded wrongly"
    return len(stream) / seconds / 1e6


def _decode(smoke: bool) -> Values:
    frames = FRAMES_SMOKE if smoke else FRAMES
    return {
        RATE.name: decode_rate(frames, SEGMENT),
        DRIP.name: decode_rate(frames // 10, 1),
    }


BENCHMARK = Benchmark(
    name="flap_decode",
    metrics=(RATE, DRIP),
    subjects=(Subject("ours", _decode, packages=("kamaelia-flow",)),),
    claims=(Claim("MB/s of FLAP decoded", RATE.name, "ours", at_least=12.5),),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
