"""The aws command line in this process, for who runs hundreds of commands: starting it takes a second each time."""
import json
import os
import sys
import tempfile
import time


class Aws:
    """Commands against an endpoint, with a service model of KMS that may be newer than the command."""

    def __init__(self, endpoint, data_path):
        self.endpoint = endpoint
        os.environ["AWS_DATA_PATH"] = str(data_path)  # which awscli reads when it is imported
        import awscli.clidriver as clidriver
        import awscli
        import botocore.loaders as loaders

        self.version = awscli.__version__
        self.is_first = self.version.startswith("1.")  # of the two lines of versions
        self.clidriver = clidriver
        # What it reads of its models is the same for every command.
        shared = {}
        plain = loaders.Loader.__init__

        def with_shared_cache(loader, *args, **kwargs):
            plain(loader, *args, **kwargs)
            loader._cache = shared

        loaders.Loader.__init__ = with_shared_cache

    def main(self, words):
        if self.is_first:
            return self.clidriver.create_clidriver().main(words)
        return self.clidriver.AWSCLIEntryPoint().main(words)

    def run(self, words):
        """The exit code, standard output and standard error."""
        words = ["--endpoint-url", self.endpoint, *words]
        time.tzset()
        kept = os.dup(1), os.dup(2)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            try:
                code = self.main(words)
            except SystemExit as end:
                code = end.code
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os.dup2(kept[0], 1)
                os.dup2(kept[1], 2)
                os.close(kept[0])
                os.close(kept[1])
            out.seek(0)
            err.seek(0)
            return code, out.read().decode(), err.read().decode()


def shape_name(member):
    kind = member["type"]
    if kind in ("struct", "enum"):
        return member["of"]
    if kind == "list":
        return "ListOf" + shape_name(member["item"])
    return {"map": "TextMap"}.get(kind, kind.capitalize() + "Value")


def write_models(api_file, folder):
    """The service model of the vector as botocore has its own, and its paginators, below `folder`."""
    api = json.load(open(api_file))
    shapes = {"TextMap": {"type": "map", "key": {"shape": "StringValue"}, "value": {"shape": "StringValue"}}}
    for kind in ("string", "integer", "boolean", "timestamp", "blob"):
        shapes[kind.capitalize() + "Value"] = {"type": kind}
    shapes.update({name: {"type": "string", "enum": values} for name, values in api["enums"].items()})

    def add_list(member):
        if member["type"] != "list":
            return
        add_list(member["item"])
        shapes[shape_name(member)] = {"type": "list", "member": {"shape": shape_name(member["item"])}}

    def add_structure(name, members):
        for member in members:
            add_list(member)
        shapes[name] = {"type": "structure", "required": [m["name"] for m in members if m.get("required")],
                        "members": {m["name"]: {"shape": shape_name(m)} for m in members}}

    for name, members in api["structs"].items():
        add_structure(name, members)
    operations = {}
    for name, operation in api["operations"].items():
        add_structure(name + "Request", operation["input"])
        operations[name] = {"name": name, "http": {"method": "POST", "requestUri": "/"},
                            "input": {"shape": name + "Request"}}
        if operation["output"]:
            add_structure(name + "Response", operation["output"])
            operations[name]["output"] = {"shape": name + "Response"}
    metadata = {"apiVersion": "2014-11-01", "endpointPrefix": "kms", "jsonVersion": "1.1", "protocol": "json",
                "protocols": ["json"], "serviceAbbreviation": "KMS", "serviceFullName": "AWS Key Management Service",
                "serviceId": "KMS", "signatureVersion": "v4", "targetPrefix": "TrentService", "uid": "kms-2014-11-01"}
    model = {"version": "2.0", "metadata": metadata, "operations": operations, "shapes": shapes}
    pages = {name: {"input_token": "Marker", "output_token": "NextMarker", "more_results": "Truncated",
                    "limit_key": "Limit", "result_key": operation["paginated"]}
             for name, operation in api["operations"].items() if operation.get("paginated")}
    place = folder / "kms" / "2014-11-01"
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(model))
    (place / "paginators-1.json").write_text(json.dumps({"pagination": pages}))
    return folder
