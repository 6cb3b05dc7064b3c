using System.Globalization;
using System.Text;

namespace RespKv.Http.Api;

/// <summary>Requests to the engine.</summary>
internal static class Command
{
    public static ReadOnlyMemory<byte>[] Of(ReadOnlySpan<byte> name, params ReadOnlySpan<ReadOnlyMemory<byte>> arguments)
    {
        var command = new ReadOnlyMemory<byte>[arguments.Length + 1];
        command[0] = name.ToArray();
        arguments.CopyTo(command.AsSpan(1));
        return command;
    }

    public static ReadOnlyMemory<byte> Word(ReadOnlySpan<byte> word) => word.ToArray();

    public static ReadOnlyMemory<byte> Number(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
}
