using RespKv.TestKit.Files;
using RespKv.TestKit.Model;
using RespKv.TestKit.Simulation;

namespace RespKv.Exhaustive;

/// <summary>The disk that sequences start from.</summary>
/// <param name="Name">As options name it.</param>
/// <param name="Disk">Not to be changed.</param>
/// <param name="Model">What is on it.</param>
/// <param name="LengthMax">Of its sequences, whatever is asked for.</param>
/// <param name="ErrorLengthMax">Of those with errors.</param>
internal sealed record StartState(string Name, SimulatedFileSystem Disk, ServerModel Model, int LengthMax, int ErrorLengthMax)
{
    /// <summary>How long before the sequences the disk was written.</summary>
    private const long AgeMillis = 60_000;

    /// <summary>Of the letters before the start: no place of a sequence.</summary>
    private const int Place = 9;

    public static IReadOnlyList<StartState> All { get; } =
    [
        // Behind its first operation a new data directory is like a used one, only that none of its states is ever seen again: its
        // log has a random id.
        new("new", new SimulatedFileSystem(), new ServerModel(databases: 1), LengthMax: 1, ErrorLengthMax: 0),

        // Keys in a table, others in the log behind it.
        After("used", int.MaxValue, "MSET", "SAVE", "SET", "SEGMENT"),

        // Two tables, a log that is nearly full, and retired segments to make the next ones of.
        After("worn", 2, "MSET", "SEGMENT", "SEGMENT", "SEGMENT", "SAVE", "SET", "SAVE", "SEGMENT"),
    ];

    private static StartState After(string name, int lengthMax, params string[] letters)
    {
        var files = new SimulatedFileSystem();
        var knowledge = new Knowledge(new ServerModel(databases: 1));
        using var machine = new Machine(files, new SimulatedClock(Letter.StartMillis - AgeMillis), schedule: 0);
        machine.Run(() =>
        {
            machine.Start();
            foreach (string letter in letters)
            {
                knowledge.Play(machine, Letter.Alphabet.First(one => one.Name == letter), Place, static () => false);
            }
        });
        return new StartState(name, files.Crash(0, CrashOdds.AllKept), knowledge.Expected.Certain, lengthMax, lengthMax);
    }
}
