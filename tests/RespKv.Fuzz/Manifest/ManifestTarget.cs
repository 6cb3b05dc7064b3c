using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Storage.Manifest;

namespace RespKv.Fuzz.Manifest;

/// <summary>
/// The manifest and CURRENT: reading changes nothing; damage as disks do it leaves a state that the manifest had, or is refused; a state
/// that was opened takes edits, and is there again after that.
/// </summary>
internal sealed class ManifestTarget : IFuzzTarget
{
    private const ulong AnyLog = 77;

    private readonly ManifestMaker _maker = new();
    private readonly MemoryFiles _files = new();
    private readonly List<FileImage> _found = [];

    /// <summary>New manifests with their room of 64 KiB, encoded whole, and read again.</summary>
    public long AllocatedBytesMax => 2 << 20;

    /// <summary>Records are read as arrays; a table is an object for some bytes.</summary>
    public long AllocatedPerInputByte => 256;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input) => _maker.Make(random, parent, other, input);

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        FileImages.Find(input, ManifestMaker.HeadBytes, _found);
        FileImages.Put(input, _found, _files);
        ulong before = _files.Digest();
        result.Enter();
        ManifestReport? report = Inspect(result);
        result.Leave();
        if (_files.Digest() != before)
        {
            throw new FindingException("reading changed the directory");
        }

        if (report is not null && !ManifestMaker.IsCrafted(input) && report.Path.Length > 0 && !ManifestMaker.Had(input, report.State))
        {
            throw new FindingException($"the manifest never had this state: {ManifestMaker.Text(report.State)}");
        }

        result.Enter();
        Open(report, before);
        result.Leave();
        if (_files.OpenFiles != 0)
        {
            throw new FindingException($"{_files.OpenFiles} files were left open");
        }
    }

    public string Describe(ReadOnlySpan<byte> input)
    {
        List<FileImage> found = [];
        FileImages.Find(input, ManifestMaker.HeadBytes, found);
        string text = $"crafted {ManifestMaker.IsCrafted(input)}\n";
        foreach (FileImage file in found)
        {
            text += $"{file.Name(input)}: {file.Bytes} bytes\n";
        }

        return text;
    }

    private ManifestReport? Inspect(RunResult result)
    {
        try
        {
            ManifestReport report = ManifestStore.Inspect(_files, MemoryFiles.Directory);
            result.Feature((ulong)report.Edits);
            result.Feature((ulong)report.State.Tables.Count);
            result.Outcome(report.Path.Length == 0 ? "no manifest" : report.TornBytes > 0 ? "a state, torn" : "a state");
            return report;
        }
        catch (ManifestCorruptionException e)
        {
            result.Feature(e.Problem);
            result.Outcome("refused");
            return null;
        }
    }

    private void Open(ManifestReport? report, ulong before)
    {
        try
        {
            string expected;
            using (ManifestStore store = ManifestStore.Open(_files, MemoryFiles.Directory))
            {
                if (report is null)
                {
                    throw new FindingException("opens what cannot be read");
                }

                ThrowUnlessSame(ManifestMaker.Text(report.State), store.State, "opened");
                if (store.State.CheckpointLsn < long.MaxValue)
                {
                    store.Apply(new ManifestEdit { LogId = store.State.LogId == 0 ? AnyLog : null, CheckpointLsn = store.State.CheckpointLsn + 1 });
                }

                expected = ManifestMaker.Text(store.State);
            }

            ThrowUnlessSame(expected, ManifestStore.Read(_files, MemoryFiles.Directory), "read again");
            using ManifestStore again = ManifestStore.Open(_files, MemoryFiles.Directory);
            ThrowUnlessSame(expected, again.State, "opened again");
            if (again.TornBytes > 0)
            {
                throw new FindingException($"opened again: {again.TornBytes} bytes are torn");
            }
        }
        catch (ManifestCorruptionException e) when (report is null)
        {
            _ = e.Problem;
            if (_files.Digest() != before)
            {
                throw new FindingException("a refused manifest was changed");
            }
        }
    }

    private static void ThrowUnlessSame(string expected, ManifestState state, string when)
    {
        string actual = ManifestMaker.Text(state);
        if (actual != expected)
        {
            throw new FindingException($"{when}: {actual}\nexpected: {expected}");
        }
    }
}
