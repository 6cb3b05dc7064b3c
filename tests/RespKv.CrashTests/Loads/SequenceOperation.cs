using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Loads;

/// <summary>One numbered write of a writer: a command, or a MULTI block, that happens whole or not at all.</summary>
/// <param name="Steps">Its effects, in order.</param>
/// <param name="Commands">What is sent: one command, or MULTI, the commands and EXEC. As many replies come.</param>
internal sealed record SequenceOperation(long Number, IReadOnlyList<SequenceStep> Steps, IReadOnlyList<string[]> Commands)
{
    public void AppendTo(Stream destination)
    {
        foreach (string[] command in Commands)
        {
            destination.Write(RawClient.Encode(command));
        }
    }
}
