"""When the weakness that a tool names is the one that a label means.

A finding counts for a label when its CWE is the label's, or both are in one of these sets. Each set holds what
different catalogues and tools call the same flaw in the same line: a parent, a child, or a neighbour that is used in
its place. The reason stands beside it. Sets are not joined: what two of them share relates nothing else.
"""

RELATED = [
    ({22, 23, 36, 73, 59, 99}, "a path from outside; 73 is the same seen from the name, 59 the link in an archive"),
    ({77, 78, 88, 214}, "a command line from outside; 77 is the parent, 88 the same through arguments"),
    ({79, 80, 83, 87, 116}, "markup from outside; the parts of 79, and 116, missing escaping, its cause"),
    ({89, 564, 943}, "a query from outside; 943 is the parent, 564 the same through Hibernate"),
    ({74, 90, 943}, "a directory query from outside; 943 is the parent"),
    ({91, 643, 652}, "an XPath or XQuery from outside; 91 is the parent"),
    ({94, 95, 96, 917, 1336}, "code, expression or template from outside; the children of 94"),
    ({326, 327, 328, 759, 760, 780, 916}, "weak cryptography by name, mode, strength or salt; children of 326 and 327"),
    ({329, 1204, 323}, "an initialisation vector or nonce that is known or used twice"),
    ({330, 331, 332, 335, 336, 337, 338, 340, 341, 342, 343}, "randomness that can be guessed; the children of 330"),
    ({502, 915, 913, 470}, "objects from outside; 915 and 470 are the same through attributes and class names"),
    ({915, 1321}, "attributes from outside; prototype pollution is a child"),
    ({259, 798, 321, 547}, "credentials and keys in the code; the children of 798"),
    ({522, 200, 312, 798}, "a credential where others can read it"),
    ({295, 296, 297, 298, 299, 599, 757}, "the other end's certificate is not checked; the children of 295"),
    ({319, 311, 523}, "sent as clear text"),
    ({377, 378, 379, 59, 367}, "a temporary file that others reach; 367 is the race behind it"),
    ({276, 277, 279, 281, 732}, "permissions that are too wide"),
    ({611, 776, 827, 91, 112, 20}, "an XML parser that follows entities; 20 is what bandit calls it"),
    ({601, 20, 939}, "a redirect from outside"),
    ({918, 441, 939}, "a request from outside; 441 is the parent"),
    ({345, 347, 290, 287, 757}, "a token whose signature is not checked"),
    ({345, 346, 942, 352}, "an origin that is not checked"),
    ({489, 215, 11, 94}, "a debugger that is left on; its console runs code"),
    ({117, 93, 113, 116, 150}, "line breaks from outside in a log or header"),
    ({200, 209, 215, 497, 532}, "what must not be seen is shown or logged"),
    ({400, 730, 770, 834, 1333}, "work without a limit"),
    ({306, 287, 284, 285, 862, 863, 639, 1188}, "nobody asks who it is"),
    ({119, 120, 121, 122, 125, 134, 242, 676, 680, 787, 788, 805, 843, 416, 415, 476, 704, 758}, "memory, and functions that break it"),
    ({77, 1427}, "instructions from outside in a prompt; 77 is the parent"),
    ({829, 494, 345, 353, 1357, 506}, "code or data from elsewhere that is not checked"),
    ({614, 311, 319}, "a cookie that goes over plain connections"),
    ({1004, 732}, "a cookie that scripts read; 732 is what older catalogues call it"),
]


def matches(found, wanted):
    """Whether one of the CWE numbers `found` means the label's. A label without one takes any finding."""
    if wanted is None:
        return True
    return any(cwe == wanted or any(cwe in group and wanted in group for group, _ in RELATED) for cwe in found)
