"""The files that somebody gives: a zip archive counts as the files in it."""

import io
import json
import pathlib
import zipfile

MAX_BYTES = 1 << 30  # of all that an archive unpacks to


class File:
    def __init__(self, name, data):
        self.name, self.data = name, data

    def suffix(self):
        return pathlib.PurePosixPath(self.name).suffix.lower()

    def stem(self):
        return pathlib.PurePosixPath(self.name).stem

    def text(self):
        return self.data.decode("utf-8-sig")

    def json(self):
        return json.loads(self.text())


def open_all(paths, report, wanted=(".json", ".csv", ".ics")):
    """What can be read of these paths; other files of an archive are reported."""
    files, left = [], MAX_BYTES
    for path in map(pathlib.Path, paths):
        data = path.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(data)):
            files.append(File(path.name, data))
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if pathlib.PurePosixPath(entry.filename).suffix.lower() not in wanted:
                    if not entry.is_dir():
                        report.note("files: " + (pathlib.PurePosixPath(entry.filename).suffix or entry.filename))
                    continue
                left -= entry.file_size
                if left < 0:
                    raise ValueError(f"{path}: unpacks to more than {MAX_BYTES >> 20} MiB")
                files.append(File(entry.filename, archive.read(entry)))
    return files
