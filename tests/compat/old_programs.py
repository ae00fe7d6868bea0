"""Small programs in the style of the examples and sketches of old, as texts.

Each prints what it does; test_old_programs.py runs them and knows what to expect.
"""

CHILDREN = """
import Axon

class Producer(Axon.Component.component):
    count = 3
    what = "thing"
    def main(self):
        for i in range(self.count):
            self.send("%s %d" % (self.what, i), "outbox")
            yield 1
        self.send(Axon.Ipc.producerFinished(self), "signal")

class Printer(Axon.Component.component):
    Inboxes = ["inbox", "control"]
    Outboxes = []
    tag = ""
    def main(self):
        while 1:
            while self.dataReady("inbox"):
                print(self.tag + self.recv("inbox"))
            if self.dataReady("control"):
                self.recv("control")
                return
            if not self.anyReady():
                self.pause()
            yield 1

class Manager(Axon.Component.component):
    def pair(self, number):
        source = Producer(what="item", count=number)
        sink = Printer(tag="<%d> " % number)
        self.link((source, "outbox"), (sink, "inbox"))
        self.link((source, "signal"), (sink, "control"))
        self.addChildren(source, sink)
        return Axon.Ipc.newComponent(source, sink)
    def childrenDone(self):
        for child in self.childComponents():
            if child._isStopped():
                self.removeChild(child)
        return 0 == len(self.childComponents())
    def main(self):
        yield self.pair(1)
        while not self.childrenDone():
            self.pause()
            yield 1
        print("first pair done, linkages left:", len(self.postoffice.linkages))
        yield self.pair(2)
        while not self.childrenDone():
            self.pause()
            yield 1
        print("all done", len(Axon.Scheduler.scheduler.run.listAllThreads()))

Manager().run()
"""

WAIT_COMPLETE = """
import Axon
from Axon.Component import component
from Axon.Ipc import WaitComplete, producerFinished
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.DataSource import DataSource

class Conversation(component):
    def waitMsg(self):
        def _waitMsg(self):
            while not self.dataReady("inbox"):
                if self.dataReady("control"):
                    raise EOFError(self.recv("control").__class__.__name__)
                self.pause()
                yield 1
        return WaitComplete(_waitMsg(self), tag="_waitMsg")
    def getline(self):
        while "\\n" not in self.text:
            yield self.waitMsg()
            self.text += self.recv("inbox")
        self.line, self.text = self.text.split("\\n", 1)
    def countdown(self, number):
        if number:
            yield 1
            yield WaitComplete(self.countdown(number - 1), tag="_down")
        self.steps.append(number)
    def main(self):
        self.text = ""
        self.steps = []
        yield WaitComplete(self.countdown(3))
        print("steps", self.steps)
        try:
            while 1:
                yield WaitComplete(self.getline(), tag="_getline")
                print("line", self.line)
        except EOFError as e:
            print("end of input:", e)
        self.send(producerFinished(self), "signal")
        yield 1

Pipeline(DataSource(["he", "llo\\nwo", "rld", "\\n", "lost"]), Conversation()).run()
print("after the run")
"""

MAIN_BODY = """
from Axon.Component import component
from Axon.Ipc import newComponent, producerFinished, shutdownMicroprocess

class Ticker(component):
    def __init__(self, text):
        super(Ticker, self).__init__()
        self.text = text
    def initialiseComponent(self):
        self.left = list(self.text)
        return 1
    def mainBody(self):
        if not self.left:
            return 0
        self.send(self.left.pop(0), "outbox")
        return 1
    def closeDownComponent(self):
        self.send(producerFinished(self), "signal")

class Echo(component):
    def initialiseComponent(self):
        self.source = Ticker("abc")
        self.link((self.source, "outbox"), (self, "inbox"))
        self.link((self.source, "signal"), (self, "control"))
        self.addChildren(self.source)
        return newComponent(self.source)
    def mainBody(self):
        while self.dataReady():
            print("got", self.recv())
        if self.dataReady("control"):
            message = self.recv("control")
            return not isinstance(message, (producerFinished, shutdownMicroprocess))
        self.pause()
        return 1
    def closeDownComponent(self):
        print("closing down")

Echo().run()
"""

GRAPHLINE = """
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.DataSource import DataSource
from Kamaelia.Util.PureTransformer import PureTransformer
from Kamaelia.Util.TwoWaySplitter import TwoWaySplitter

def Both():
    return Graphline(
        SPLIT = TwoWaySplitter(),
        UPPER = PureTransformer(lambda x: x.upper()),
        TWICE = PureTransformer(lambda x: x * 2),
        linkages = {
            ("", "inbox") : ("SPLIT", "inbox"),
            ("SPLIT", "outbox") : ("UPPER", "inbox"),
            ("SPLIT", "outbox2") : ("TWICE", "inbox"),
            ("UPPER", "outbox") : ("self", "outbox"),
            ("TWICE", "outbox") : ("self", "outbox"),
            ("self", "control") : ("SPLIT", "control"),
            ("SPLIT", "signal") : ("UPPER", "control"),
            ("SPLIT", "signal2") : ("TWICE", "control"),
        },
    )

class Sorted(list):
    pass

seen = Sorted()
Pipeline(
    DataSource(["a", "b"]),
    Both(),
    PureTransformer(lambda x: seen.append(x)),
).run()
print(sorted(seen))
Graphline(
    SOURCE = DataSource(["x\\n", "y\\n"]),
    ECHO = ConsoleEchoer(tag="-"),
    linkages = {
        ("SOURCE", "outbox") : ("ECHO", "inbox"),
        ("SOURCE", "signal") : ("ECHO", "control"),
    },
).run()
"""

CAROUSEL = """
from Kamaelia.Chassis.Carousel import Carousel
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Util.Chooser import ForwardIteratingChooser
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.OneShot import OneShot

def player(title):
    return OneShot("now playing %s\\n" % title)

Graphline(
    LIST = ForwardIteratingChooser(["one", "two", "three"]),
    PLAYER = Carousel(componentFactory=player, make1stRequest=False),
    OUT = ConsoleEchoer(),
    linkages = {
        ("PLAYER", "requestNext") : ("LIST", "inbox"),
        ("LIST", "outbox") : ("PLAYER", "next"),
        ("LIST", "signal") : ("PLAYER", "control"),
        ("PLAYER", "outbox") : ("OUT", "inbox"),
        ("PLAYER", "signal") : ("OUT", "control"),
    },
).run()
"""

CHAT = """
import sys
import Axon
from Kamaelia.Chassis.ConnectedServer import SimpleServer
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Util.Backplane import Backplane, PublishTo, SubscribeTo
from Kamaelia.Util.PureTransformer import PureTransformer

port = int(sys.argv[1])

def Chat():
    return Pipeline(
        PureTransformer(lambda x: x.decode("utf8").strip()),
        PureTransformer(lambda x: ("said: " + x + "\\n").encode("utf8")),
        PublishTo("CHAT"),
        SubscribeTo("CHAT"),
    )

class Guest(Axon.Component.component):
    wanted = 1
    def main(self):
        heard = b""
        self.send(("I am " + self.who).encode("utf8"), "outbox")
        while heard.count(b"\\n") < self.wanted:
            while self.dataReady("inbox"):
                heard += self.recv("inbox")
            if heard.count(b"\\n") < self.wanted:
                self.pause()
            yield 1
        print(self.who, "heard", len(heard.splitlines()))
        print(heard.decode("utf8").splitlines()[-1])
        self.send(Axon.Ipc.producerFinished(self), "signal")
        party.guestGone()

class Party(Axon.Component.component):
    Outboxes = ["stopserver", "stopplane"]
    guests = 2
    def guestGone(self):
        self.guests -= 1
        self.unpause()
    def main(self):
        self.link((self, "stopserver"), (server, "control"))
        self.link((self, "stopplane"), (plane, "control"))
        first = Guest(who="Ann", wanted=2)
        Pipeline(first, TCPClient("127.0.0.1", port), circular=True).activate()
        while self.scheduler.time < started + 0.05:
            yield 1
        second = Guest(who="Bob")
        Pipeline(second, TCPClient("127.0.0.1", port), circular=True).activate()
        while self.guests:
            self.pause()
            yield 1
        self.send(Axon.Ipc.shutdownMicroprocess(self), "stopserver")
        self.send(Axon.Ipc.producerFinished(self), "stopplane")

import time
started = time.time()
plane = Backplane("CHAT").activate()
server = SimpleServer(protocol=Chat, port=port)
server.activate()
party = Party()
party.run()
"""

SERVER_CORE = """
import sys
import Axon
from Axon.Ipc import WaitComplete, producerFinished, shutdownMicroprocess
from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Util.OneShot import OneShot
import socket

class Greeter(Axon.Component.component):
    Outboxes = {"outbox": "", "signal": "", "serversignal": "to the server"}
    peer = "nobody"
    peerport = 0
    greeting = "hello"
    def getline(self):
        while b"\\n" not in self.buffer:
            while not self.anyReady():
                self.pause()
                yield 1
            if self.dataReady("control"):
                self.gone = True
                return
            self.buffer += self.recv("inbox")
        self.line, self.buffer = self.buffer.split(b"\\n", 1)
    def main(self):
        self.buffer, self.gone = b"", False
        print("connection from", self.peer, self.peerport > 0)
        self.send(self.greeting.encode() + b"\\n", "outbox")
        while not self.gone:
            yield WaitComplete(self.getline(), tag="_getline")
            if self.gone:
                break
            if self.line == b"quit":
                self.send(b"bye\\n", "outbox")
                break
            self.send(b"you said " + self.line + b"\\n", "outbox")
        self.send(shutdownMicroprocess(self), "serversignal")
        self.send(producerFinished(self), "signal")

class GreetServer(ServerCore):
    port = int(sys.argv[1])
    socketOptions = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    def protocol(self, **info):
        return Greeter(greeting="good day", **info)

class Collector(Axon.Component.component):
    def main(self):
        heard = b""
        while not self.dataReady("control"):
            for data in self.Inbox("inbox"):
                heard += data
            if not self.anyReady():
                self.pause()
            yield 1
        print(heard.decode(), end="")

GreetServer().activate()
Pipeline(
    OneShot(b"one\\ntw" + b"o\\nquit\\n"),
    TCPClient("127.0.0.1", GreetServer.port, wait_for_serverclose=True),
    Collector(),
).run()
"""

HANDLE = """
import queue
import time
import Axon
from Axon.background import background
from Axon.Handle import Handle

class Reverser(Axon.Component.component):
    def main(self):
        while 1:
            if self.dataReady("inbox"):
                self.send(self.recv("inbox")[::-1], "outbox")
            elif self.dataReady("control"):
                return
            else:
                self.pause()
            yield 1

background().start()
reverser = Handle(Reverser()).activate()
for word in ["hello", "world"]:
    reverser.put(word, "inbox")
    while 1:
        try:
            print(reverser.get("outbox"))
            break
        except queue.Empty:
            time.sleep(0.001)
reverser.put(Axon.Ipc.producerFinished(), "control")
"""

THREADED = """
import time
import Axon
from Axon.ThreadedComponent import threadedcomponent
from Axon.AxonExceptions import noSpaceInBox
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.PureTransformer import PureTransformer

class Blocking(threadedcomponent):
    pieces = 3
    delay = 0.01
    def main(self):
        for i in range(self.pieces):
            time.sleep(self.delay)
            self.send(i)
        self.send(Axon.Ipc.producerFinished(self), "signal")

class Summing(threadedcomponent):
    def main(self):
        total = 0
        while not self.dataReady("control") or self.dataReady("inbox"):
            while self.dataReady("inbox"):
                total += self.recv("inbox")
            if not self.anyReady():
                self.pause(1)
        print("total", total)
        self.send(self.recv("control"), "signal")

class Talker(threadedcomponent):
    def main(self):
        sent = refused = 0
        while sent < 50:
            try:
                self.send(sent)
                sent += 1
            except noSpaceInBox:
                refused += 1
                self.pause()
        self.send(Axon.Ipc.producerFinished(self), "signal")

Pipeline(Blocking(), PureTransformer(lambda x: x * 10), Summing()).run()
Pipeline(Talker(5), Summing()).run()
"""

BUSY = """
import Axon
from Axon.Scheduler import scheduler

class Busy(Axon.Component.component):
    turns = 30
    def main(self):
        for i in range(self.turns):
            yield 1
        self.send("done", "outbox")

class Impatient(Axon.Component.component):
    def main(self):
        while not self.dataReady("inbox"):
            yield 1
        print(self.recv("inbox"))

import time
busy, impatient = Busy(), Impatient()
busy.link((busy, "outbox"), (impatient, "inbox"))
impatient.activate()
busy.activate()
start = time.time()
scheduler.run.runThreads(slowmo=0.002)
print("slow" if time.time() - start > 0.05 else "too fast")
Busy().run()
scheduler.run = scheduler()
Impatient().activate()._deliver("delivered", "inbox")
scheduler.run.runThreads()
"""

FILES = """
import os
import sys
import Axon
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.File.ReadFileAdaptor import ReadFileAdaptor
from Kamaelia.File.Reading import RateControlledFileReader, SimpleReader
from Kamaelia.File.UnixProcess import UnixProcess
from Kamaelia.File.Writing import SimpleFileWriter
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.DataSource import DataSource
from Kamaelia.Util.PureTransformer import PureTransformer

name = sys.argv[1]
Pipeline(DataSource([b"pear\\n", b"apple\\n", b"fig\\n"]), SimpleFileWriter(name)).run()
Pipeline(
    ReadFileAdaptor(name, readmode="bitrate", bitrate=80000, chunkrate=100),
    UnixProcess("sort"),
    PureTransformer(lambda x: x.decode("utf8")),
    ConsoleEchoer(),
).run()
Pipeline(
    RateControlledFileReader(name, readmode="bytes", rate=100000, chunksize=4),
    PureTransformer(lambda x: repr(x) + " "),
    ConsoleEchoer(),
).run()
print()
shout = PureTransformer(lambda x: x.upper())
Pipeline(SimpleReader(name), shout, ConsoleEchoer()).run()
Pipeline(
    ReadFileAdaptor(command="echo from a command"),
    ConsoleEchoer(use_repr=True),
).run()
print(os.path.getsize(name))
"""

RATES = """
import time
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.DataSource import DataSource
from Kamaelia.Util.RateFilter import MessageRateLimit

start = time.time()
Pipeline(
    DataSource(["%d " % i for i in range(20)]),
    MessageRateLimit(100, 1, hardlimit=2),
    ConsoleEchoer(),
).run()
print("in time" if time.time() - start > 0.1 else "too fast")
"""

INTROSPECTION = """
import Axon
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.Introspector import Introspector
from Kamaelia.Visualisation.PhysicsGraph.lines_to_tokenlists import \\
     lines_to_tokenlists as text_to_tokenlists
from Kamaelia.Visualisation.PhysicsGraph.chunks_to_lines import chunks_to_lines

class Subject(Axon.Component.component):
    def main(self):
        while not self.dataReady("control"):
            self.pause()
            yield 1

class Report(Axon.Component.component):
    def main(self):
        kinds = {}
        while not any(n.endswith("LAST") for n in kinds):
            while self.dataReady("inbox"):
                words = self.recv("inbox")
                key = " ".join(words[:2])
                kinds[key] = kinds.get(key, 0) + 1
                if words[:2] == ["ADD", "NODE"] and "Subject" in words[3]:
                    kinds["LAST"] = 1
            yield 1
        print(sorted(key for key in kinds if key != "LAST"))
        self.send(Axon.Ipc.shutdownMicroprocess(), "signal")
        subject._deliver(Axon.Ipc.producerFinished(), "control")

subject = Subject(name="Subject").activate()
introspector = Introspector()
reading = Pipeline(chunks_to_lines(), text_to_tokenlists(), Report())
reading.link((introspector, "outbox"), (reading, "inbox"))
reading.link((introspector, "signal"), (reading, "control"))
reading.link((reading, "signal"), (introspector, "control"))
reading.activate()
introspector.run()
"""

RESTARTS = """
import Axon
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Util.Console import ConsoleEchoer
from Kamaelia.Util.DataSource import DataSource

for number in range(3):
    Pipeline(DataSource(["run %d\\n" % number]), ConsoleEchoer()).run()
pipelines = [Pipeline(DataSource([text]), ConsoleEchoer()) for text in "ab"]
for pipeline in pipelines:
    pipeline.activate()
Axon.Scheduler.scheduler.run.runThreads()
print()
print(len(Axon.Scheduler.scheduler.run.threads))
"""

IMMORTAL = """
import Axon

class Crasher(Axon.Component.component):
    fails = True
    def main(self):
        yield 1
        if self.fails:
            raise ValueError("as planned")
        print("this one goes on")
    def stop(self):
        print("stop of", "a crasher" if self.fails else "another")
        super(Crasher, self).stop()

Axon.Scheduler.scheduler.immortalise()
Crasher().activate()
Crasher(fails=False).run()
Axon.Scheduler.scheduler.mortalise()
try:
    Crasher().run()
except ValueError as e:
    print("mortal again:", e.args[0])
"""

SYNCHRONOUS = """
import Axon

class Producer(Axon.Component.component):
    def main(self):
        for i in range(4):
            while 1:
                yield 1
                try:
                    self.send(i, "outbox")
                    print("sent", i)
                    break
                except Axon.AxonExceptions.noSpaceInBox:
                    print("full")
                    self.pause()

class SlowConsumer(Axon.Component.component):
    def main(self):
        for i in range(4):
            for _ in range(10):
                yield 1
            print("got", self.recv("inbox"))

class Test(Axon.Component.component):
    def main(self):
        producer, consumer = Producer().activate(), SlowConsumer().activate()
        self.link((producer, "outbox"), (consumer, "inbox"), synchronous=True)
        self.addChildren(producer, consumer)
        while not (producer._isStopped() and consumer._isStopped()):
            self.pause()
            yield 1

Test().run()
"""

SHUTDOWN = """
import Axon

class Eternal(Axon.Component.component):
    def main(self):
        while 1:
            self.pause()
            yield 1
    def stop(self):
        print("cleaning up")
        super(Eternal, self).stop()

class Ender(Axon.Component.component):
    def main(self):
        yield 1
        print("ending all")
        self.scheduler.stop()

Eternal().activate()
Ender().run()
print("over")
"""

ADAPTIVE = """
import Axon
from Axon.AdaptiveCommsComponent import AdaptiveCommsComponent
from Axon.Ipc import newComponent, producerFinished

class Worker(Axon.Component.component):
    def main(self):
        while not self.dataReady("inbox"):
            self.pause()
            yield 1
        self.send(self.recv("inbox") ** 2, "outbox")
        self.send(producerFinished(self), "signal")

class Farm(AdaptiveCommsComponent):
    jobs = 3
    def main(self):
        self.busy = {}
        for job in range(1, self.jobs + 1):
            worker = Worker()
            outbox, inbox = self.addOutbox("job"), self.addInbox("result")
            self.link((self, outbox), (worker, "inbox"))
            self.link((worker, "outbox"), (self, inbox))
            self.trackResourceInformation(worker, [inbox], [outbox], job)
            self.addChildren(worker)
            self.send(job, outbox)
            self.busy[inbox] = worker
            yield newComponent(worker)
        while self.busy:
            for inbox in list(self.busy):
                if self.dataReady(inbox):
                    worker = self.busy.pop(inbox)
                    known = self.retrieveTrackedResourceInformation(worker)
                    inboxes, outboxes, job = known
                    print(job, "squared is", self.recv(inbox))
                    self.removeChild(worker)
                    self.ceaseTrackingResource(worker)
                    for name in inboxes:
                        self.deleteInbox(name)
                    for name in outboxes:
                        self.deleteOutbox(name)
            if self.busy and not self.anyReady():
                self.pause()
            yield 1
        print(sorted(self.inboxes), sorted(self.outboxes))

Farm().run()
"""

DEPRECATED = """
from Kamaelia.Util.PipelineComponent import pipeline
from Kamaelia.Util.ConsoleEcho import consoleEchoer
from Kamaelia.Util.Graphline import Graphline
from Kamaelia.ReadFileAdaptor import ReadFileAdaptor
from Kamaelia.KamaeliaIPC import newCSA, socketShutdown
from Kamaelia.SimpleServerComponent import SimpleServer
from Kamaelia.Util.ToStringComponent import *
from Kamaelia.Util.FilterComponent import *

Graphline(
    ALL = pipeline(ReadFileAdaptor(command="echo old"), consoleEchoer(use_repr=True)),
    linkages = {},
).run()
"""

SERVICE = """
import Axon
from Axon.AdaptiveCommsComponent import AdaptiveCommsComponent
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Experimental.Services import RegisterService, Subscribe
from Kamaelia.Util.PureTransformer import PureTransformer

class Counting(AdaptiveCommsComponent):
    def main(self):
        subscribers = {}
        while 1:
            for kind, request, dest in self.Inbox("inbox"):
                if kind == "ADD":
                    box = self.addOutbox("outbox")
                    subscribers[dest] = request, box, self.link((self, box), dest)
                else:
                    _, box, linkage = subscribers.pop(dest)
                    self.unlink(thelinkage=linkage)
                    self.deleteOutbox(box)
                    if not subscribers:
                        return
            for request, box, _ in subscribers.values():
                self.send(request, box)
            yield 1

class Sum(Axon.Component.component):
    def main(self):
        total = 0
        while total < 20:
            while self.dataReady("inbox"):
                total += self.recv("inbox")
            yield 1
        print("enough" if total % self.step == 0 else total)
        subscription._deliver(Axon.Ipc.producerFinished(), "control")

subscription = Subscribe("COUNT", 5)
Pipeline(subscription, Sum(step=5)).activate()
RegisterService(Counting(), {"COUNT": "inbox"}).run()
"""
