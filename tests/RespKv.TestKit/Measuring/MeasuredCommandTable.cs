using RespKv.Engine.Commands;

namespace RespKv.TestKit.Measuring;

/// <summary>The table in which a command's name is looked up.</summary>
public sealed class MeasuredCommandTable
{
    private readonly CommandTable _table = BuiltInCommands.Create();

    /// <summary>Whether there is such a command. Case does not matter.</summary>
    public bool Find(ReadOnlySpan<byte> name) => _table.Find(name) is not null;
}
