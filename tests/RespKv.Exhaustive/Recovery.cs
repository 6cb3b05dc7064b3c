using RespKv.TestKit.Files;
using RespKv.TestKit.Model;
using RespKv.TestKit.Simulation;

namespace RespKv.Exhaustive;

/// <summary>Starts a server on what a crash left, compares, writes, cuts the power again, and compares again.</summary>
internal sealed class Recovery(CrashPointSettings settings)
{
    private static readonly string[] Probe = ["SET", "probe", "1"];

    /// <param name="crashed">Is used up.</param>
    /// <param name="depth">2: crashes in this recovery are taken too, and so on.</param>
    /// <exception cref="CheckFailedException">Something is missing, half there or too much, or the server does not start or does not go on.</exception>
    public void Check(Crashed crashed, int depth)
    {
        settings.Tally.Recoveries++;
        Expected expected = crashed.Expected;
        SimulatedFileSystem left = crashed.Files;
        var clock = new SimulatedClock(crashed.AtMillis);
        var points = new CrashPoints(crashed.Files, () => expected, settings);
        points.Skip();
        using (var machine = new Machine(crashed.Files, clock, schedule: 0)
        {
            Announced = depth > 1 ? () => points.Take(clock.NowMillis, $"of the recovery behind a {crashed.Where}") : null,
            Calling = (operation, _) => points.Note(operation),
        })
        {
            Live(machine, () =>
            {
                // What was read stays, and the write comes to it, at once or not at all.
                ServerModel found = Compare(machine, expected);
                ServerModel after = found.Copy();
                after.Execute(new ModelSession(), Probe, machine.NowMillis);
                expected = new Expected(found, after);
                if (machine.Call(Probe) is not [{ IsError: false, Text: "OK" }])
                {
                    throw new CheckFailedException($"after recovery a write fails: {string.Join("; ", machine.Log)}");
                }

                expected = new Expected(after, after);
                left = crashed.Files.Crash(0, CrashOdds.NothingKept);
            });
        }

        if (settings.Seen.Add(left, expected, clock.NowMillis))
        {
            using var machine = new Machine(left, clock, schedule: 0);
            Live(machine, () => Compare(machine, expected));
        }

        foreach (Crashed inner in points.Crashes)
        {
            Check(inner, depth - 1);
        }
    }

    private static void Live(Machine machine, Action life)
    {
        machine.Run(() =>
        {
            Start(machine);
            life();
        });
    }

    private static void Start(Machine machine)
    {
        try
        {
            machine.Start();
        }
        catch (IOException e)
        {
            throw new CheckFailedException($"recovery fails: {e.Message}");
        }
    }

    private static ServerModel Compare(Machine machine, Expected expected)
    {
        // What expires meanwhile may be in the dump or not.
        long before = machine.NowMillis;
        SortedDictionary<string, string> found = machine.Dump() ?? throw new CheckFailedException($"after recovery reads fail: {string.Join("; ", machine.Log)}");
        foreach (ServerModel model in (ServerModel[])[expected.Certain, expected.Possible])
        {
            if (found.SequenceEqual(model.Visible(before)) || found.SequenceEqual(model.Visible(machine.NowMillis)))
            {
                return model;
            }
        }

        throw new CheckFailedException($"expected {Text(expected.Certain.Visible(before))} or {Text(expected.Possible.Visible(before))}, found {Text(found)}");
    }

    private static string Text(SortedDictionary<string, string> dump)
        => dump.Count == 0 ? "nothing" : string.Join(", ", dump.Select(one => $"{one.Key} = {(one.Value.Length > 80 ? $"{one.Value[..8]}..{one.Value[^12..]}" : one.Value)}"));
}
