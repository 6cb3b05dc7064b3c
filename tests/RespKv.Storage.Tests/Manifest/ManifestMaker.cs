using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>Makes manifests for tests: tables that are only names, ids that are always the same.</summary>
internal static class ManifestMaker
{
    internal const string DataDirectory = "/data";
    internal const string Current = DataDirectory + "/CURRENT";
    internal const ulong LogId = 0x1122_3344_5566_7788;
    internal const ulong FileId = 0x0102_0304_0506_0708;
    internal const int Sector = 512;

    /// <summary>Where the first edit of a file with one small base record stands.</summary>
    internal const int FirstEdit = 2 * Sector;

    /// <summary>Large edits that fit behind a small base.</summary>
    internal const int LargeEditsPerFile = 2;

    /// <summary>Makes an edit 48 sectors long.</summary>
    private static readonly string Padding = new('k', 12_000);

    private static readonly List<ManifestState> States = [ManifestState.Empty];
    private static readonly List<ManifestState> LargeStates = [ManifestState.Empty];

    internal static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(DataDirectory);
        return files;
    }

    internal static ManifestStore Open(IFileSystem files) => ManifestStore.Open(files, DataDirectory, () => FileId);

    internal static string ManifestPath(long number) => $"{DataDirectory}/MANIFEST-{number:D10}";

    internal static byte[] Key(uint space, string key) => [0, 0, 0, (byte)space, .. Encoding.UTF8.GetBytes(key)];

    /// <summary>A table made from the log, on level 0 with a run of its own.</summary>
    internal static TableInfo Table(long number, long firstLsn, long lastLsn, string smallest = "a", string largest = "z")
    {
        return new TableInfo(number, 0, number, firstLsn, lastLsn, 4096, 7, Key(1, smallest), Key(1, largest));
    }

    /// <summary>The n-th checkpoint: ten LSNs and a table, from 1.</summary>
    internal static ManifestEdit Checkpoint(long number, bool large = false)
    {
        string padding = large ? Padding : "";
        return new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = number * 10,
            Spaces = new Dictionary<int, uint> { [0] = 1 },
            Added = [Table(number, (number * 10) - 9, number * 10, "a" + padding, "z" + padding)],
        };
    }

    /// <summary>A directory with that many checkpoints, closed.</summary>
    internal static SimulatedFileSystem DiskWith(int checkpoints, bool large = false)
    {
        SimulatedFileSystem files = NewDisk();
        using ManifestStore store = Open(files);
        for (int number = 1; number <= checkpoints; number++)
        {
            store.Apply(Checkpoint(number, large));
        }

        return files;
    }

    internal static ManifestState StateAfter(int checkpoints, bool large = false)
    {
        List<ManifestState> states = large ? LargeStates : States;
        lock (states)
        {
            while (states.Count <= checkpoints)
            {
                states.Add(states[^1].With(Checkpoint(states.Count, large)));
            }

            return states[checkpoints];
        }
    }

    /// <summary>Everything in a state, as text: equal texts are equal states.</summary>
    internal static string Describe(ManifestState state)
    {
        var text = new StringBuilder();
        text.AppendLine($"log {state.LogId:x} checkpoint {state.CheckpointLsn} file {state.NextFileNumber} space {state.NextSpace}");
        foreach ((int database, uint space) in state.Spaces.OrderBy(pair => pair.Key))
        {
            text.AppendLine($"database {database} space {space}");
        }

        foreach (TableInfo table in state.Tables)
        {
            text.AppendLine(Describe(table));
        }

        return text.ToString();
    }

    internal static string Describe(TableInfo table)
    {
        return $"table {table.Number} level {table.Level} run {table.Run} LSN {table.FirstLsn}..{table.LastLsn} bytes {table.FileBytes} "
            + $"entries {table.Entries} {Convert.ToHexString(table.SmallestKey)}..{Convert.ToHexString(table.LargestKey)}";
    }

    internal static void AssertState(ManifestState expected, ManifestState actual) => Assert.Equal(Describe(expected), Describe(actual));

    /// <summary>Opens, expects a refusal that names this place, and that not one byte or name was changed.</summary>
    internal static ManifestCorruptionException AssertCorrupt(SimulatedFileSystem files, string file, long offset)
    {
        SortedDictionary<string, byte[]> before = files.ReadAll();
        ManifestCorruptionException read = Assert.Throws<ManifestCorruptionException>(() => ManifestStore.Read(files, DataDirectory));
        ManifestCorruptionException corruption = Assert.Throws<ManifestCorruptionException>(() => Open(files));
        Assert.Equal(before, files.ReadAll());
        Assert.Equal(0, files.OpenFiles);
        Assert.Equal((file, offset), (corruption.File, corruption.Offset));
        Assert.Equal(corruption.Message, read.Message);
        Assert.Contains($"{file}, offset {offset}: ", corruption.Message, StringComparison.Ordinal);
        Assert.Contains($"respkv check {DataDirectory}", corruption.Message, StringComparison.Ordinal);
        return corruption;
    }
}
