using System.Text;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tests.Tables;

/// <summary>What changes of elements mean, in the plainest words: a list of names with values, searched from its beginning.</summary>
internal static class ElementModel
{
    internal static byte[] Put(byte[] elements, ReadOnlySpan<byte> put)
    {
        List<(string Name, string Value)> list = Parse(elements);
        foreach ((string name, string value) in Parse(put))
        {
            int at = list.FindIndex(element => element.Name == name);
            if (at >= 0)
            {
                list[at] = (name, value);
            }
            else
            {
                list.Add((name, value));
            }
        }

        return Elements(list);
    }

    internal static byte[] Remove(byte[] elements, ReadOnlySpan<byte> names)
    {
        List<(string Name, string Value)> list = Parse(elements);
        var reader = new ElementReader(names);
        while (reader.ReadName())
        {
            string name = Encoding.Latin1.GetString(reader.Name);
            list.RemoveAll(element => element.Name == name);
        }

        return Elements(list);
    }

    internal static string[] Names(ReadOnlySpan<byte> elements) => [.. Parse(elements).Select(element => element.Name)];

    internal static List<(string Name, string Value)> Parse(ReadOnlySpan<byte> elements)
    {
        var list = new List<(string Name, string Value)>();
        var reader = new ElementReader(elements);
        while (reader.Read())
        {
            list.Add((Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Value)));
        }

        return list;
    }

    internal static byte[] Elements(IEnumerable<(string Name, string Value)> list)
    {
        var buffer = new ElementBuffer();
        foreach ((string name, string value) in list)
        {
            buffer.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return buffer.Bytes.ToArray();
    }

    internal static byte[] Names(IEnumerable<string> names)
    {
        var buffer = new ElementBuffer();
        foreach (string name in names)
        {
            buffer.AddName(Encoding.Latin1.GetBytes(name));
        }

        return buffer.Bytes.ToArray();
    }
}
